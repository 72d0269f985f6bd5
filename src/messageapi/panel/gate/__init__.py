"""Stands before every page: who is it, may they, and did our own page send this form."""
