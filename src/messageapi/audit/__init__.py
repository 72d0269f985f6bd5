"""The audit log: who did what in an account, written with the change itself.

Owns the table audit; reads names of people.
"""
