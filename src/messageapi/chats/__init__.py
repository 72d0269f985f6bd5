"""What is of the moment: typing, read marks, presence, calls, and what a number does by itself when something comes.

Owns watches. Emits presence.updated, call.received and call.ended.
"""
