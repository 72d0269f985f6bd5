"""What admins of groups take back of others: no message proves that its writer is an admin, so WhatsApp is asked, and
what waits for its answer is kept.

Owns the table removals. Emits message.revoked.
"""
