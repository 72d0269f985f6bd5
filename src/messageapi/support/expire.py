"""Questions are kept for half a year after the last word about them."""

from messageapi.store.tx import Tx
from messageapi.support import rows

KEPT_MS = 180 * 24 * 3_600_000
AT_ONCE = 1_000


async def expire(tx: Tx, now: int) -> int:
    """Delete up to AT_ONCE with their answers; how many."""
    return await rows.forget(tx, now - KEPT_MS, AT_ONCE)
