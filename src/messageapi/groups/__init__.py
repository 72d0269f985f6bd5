"""Groups: what a number does with those it is in, asked of WhatsApp each time, and what others do in them.

Owns no tables: WhatsApp keeps groups. Emits group.updated and group.joined.
"""
