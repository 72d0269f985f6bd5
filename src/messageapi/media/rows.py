"""Rows of media and of who uses them."""
