"""Emails to people about their account: written down with their cause, sealed until they are sent, destroyed then.

Owns the table notices; emits nothing. `enqueue` is for the other rooms, `send` is for the worker.
"""
