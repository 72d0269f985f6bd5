"""Accounts, the tenants everything belongs to, and the keys their data is sealed with. Owns the table accounts; emits
nothing.
"""
