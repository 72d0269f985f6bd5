"""Asking engine hosts: one command out and one answer back, for a caller who waits or a worker who does it unasked."""
