"""What WhatsApp said of people goes when it was not asked about for long; asked again, it is learned anew."""

from messageapi.contacts import rows
from messageapi.contacts.person import DAY_MS
from messageapi.store.db import Tx

AT_ONCE = 1_000
KEPT_MS = 90 * DAY_MS


async def expire(tx: Tx, now: int) -> int:
    """Delete up to AT_ONCE contacts; how many went."""
    return await rows.expire(tx, now - KEPT_MS, AT_ONCE)
