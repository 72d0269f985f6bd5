"""What becomes of messages: reports of engines move their statuses, forward only, in whatever order they come.

Emits message.* for each step, see messages/announce.py.
"""
