"""API keys: made once and shown once, checked on every request, revoked within a second. Owns the table keys; reads
which numbers there are.
"""
