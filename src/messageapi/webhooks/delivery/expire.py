"""Deliveries and their attempts go when nobody asks for them any more."""

from messageapi.store.db import Tx
from messageapi.webhooks.delivery import rows

AT_ONCE = 1_000
HOUR_MS = 3_600_000
KEPT_MS = 96 * HOUR_MS
"""After its event is gone a delivery is still listed; with events kept for 72 hours that makes a week."""


async def expire(tx: Tx, now: int, hours: int) -> int:
    """Delete up to AT_ONCE of each; how many went. What receivers answered goes as soon as events would."""
    return await rows.expire(tx, now - KEPT_MS, now - hours * HOUR_MS, AT_ONCE)
