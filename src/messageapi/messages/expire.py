"""Expiry: inbound bodies, unresolved outbound ones, events, unclaimed receipts and the answers kept for idempotency
keys go when their time is over.
"""

from messageapi.idempotency import once
from messageapi.messages import rows
from messageapi.store.db import Tx

AT_ONCE = 1_000
EARLY_RECEIPTS_MS = 24 * 3_600_000
"""A receipt that found no message by then is about one we did not send."""


async def expire(tx: Tx, now: int) -> int:
    """Delete up to AT_ONCE of each kind; how many went. Doing it twice changes nothing."""
    return await rows.expire(tx, now, now - EARLY_RECEIPTS_MS, AT_ONCE) + await once.expire(tx, now, AT_ONCE)
