"""Messages: accepted in one transaction, handed to WhatsApp in order, followed to delivered and read, and received.

Owns the tables messages, bodies and early_receipts. Emits message.*, see vocab/events.py. What engines report comes
in through `events`, what is to be sent leaves through `queue`.
"""
