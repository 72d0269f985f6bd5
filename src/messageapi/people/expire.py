"""Delete links, counts and sessions whose time is over."""

from messageapi.people import rows
from messageapi.store.tx import Tx

PORTION = 1_000
HOUR_MS = 3_600_000


async def expire(tx: Tx, *, now: int, idle_hours: int) -> int:
    """A portion; how many rows went."""
    return await rows.expire(tx, now, now - idle_hours * HOUR_MS, PORTION)
