"""Deliveries and their attempts go when nobody asks for them any more."""

from messageapi.store.db import Tx
from messageapi.webhooks.delivery import rows

AT_ONCE = 1_000
HOUR_MS = 3_600_000


async def expire(tx: Tx, now: int, hours: int, listed_hours: int) -> int:
    """Delete up to AT_ONCE of each; how many went. What receivers answered goes as soon as events would, which is after
    `hours`; deliveries when their events have been gone for `listed_hours`: with the defaults after a week.
    """
    return await rows.expire(tx, now - listed_hours * HOUR_MS, now - hours * HOUR_MS, AT_ONCE)
