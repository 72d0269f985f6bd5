"""What becomes of messages that nobody answered: sent again where their sender chose so, and else told to be stuck.

Owns no tables. Emits message.resent and message.stuck.
"""
