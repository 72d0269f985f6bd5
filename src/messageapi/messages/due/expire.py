"""Ending what still waits when its time is over."""

from collections.abc import Mapping, Sequence

from messageapi.messages import rows
from messageapi.messages.due.rows import Moved
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.states import WAITING
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer

EXPIRED = "The message was not sent before its expiresAt. Send it again if it is still wanted."


async def expire(tx: Tx, ids: Sequence[str], sealers: Mapping[str, Sealer], now: int, hours: int) -> list[Moved]:
    """Those that still wait end, and their bodies are destroyed."""
    ledger = Ledger(now, hours)
    ledger.add(row for row in await rows.lock(tx, ids) if row.status in WAITING)
    for row in ledger.by_id.values():
        row.fail("expired", "expired", EXPIRED, now)
    return [Moved(row.id, row.number_id) for row in await ledger.write(tx, dict(sealers))]
