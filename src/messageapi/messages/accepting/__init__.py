"""Taking messages in: checked, sealed and accepted in one durable transaction, or refused with a reason.

Emits message.accepted.
"""
