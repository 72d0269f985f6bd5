"""Messages: accepted in one transaction, handed to WhatsApp in order, followed to delivered and read, and received.

Owns the tables messages, bodies and early_receipts. Emits message.*, see vocab/events.py. What is to be sent comes in
through `accepting` and leaves through `queue`, what engines report comes in through `following`.
"""
