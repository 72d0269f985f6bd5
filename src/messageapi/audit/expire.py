"""Delete what the audit log need not remember any longer."""

from messageapi.audit import rows
from messageapi.store.tx import Tx

PORTION = 1_000
DAY_MS = 86_400_000


async def expire(tx: Tx, *, now: int, days: int) -> int:
    """A portion; how many rows went."""
    return await rows.drop_before(tx, now - days * DAY_MS, PORTION)
