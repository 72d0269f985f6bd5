"""Live: an account's events as they happen, as a stream that stays open or as answers to waiting requests.

Events are read from the outbox, in one order, and sent on to all who listen in this process. Emits nothing.
"""
