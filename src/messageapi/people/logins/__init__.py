"""Logins: with email and password, kept as sessions of browsers, listed and ended; and from where they came."""
