"""How far the outbox goes and whose events are new. Across accounts: nothing here reaches a caller."""

from sqlalchemy import bindparam, func, select, text

from messageapi.live.settling import Settling, in_order
from messageapi.store.tables import outbox
from messageapi.store.tx import Tx

_TOP = select(func.max(outbox.c.seq))
_NEW = select(outbox.c.account_id).where(outbox.c.seq > bindparam("after")).distinct()
_WRITING = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = 'outbox'::regclass "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND mode = 'RowExclusiveLock' AND granted"
)


async def look(tx: Tx, before: Settling) -> tuple[Settling, int]:
    """Further than `before`, by the snapshot of `tx`; and the last event there is."""
    top = max(int(await tx.scalar(_TOP) or 0), before.checked)  # when all events have expired there is none
    if tx.dialect == "sqlite":
        return in_order(top), top
    writing = frozenset(str(row[0]) for row in await tx.rows(_WRITING))
    return before.seen(top, writing), top


async def accounts_after(tx: Tx, seq: int) -> frozenset[str]:
    """Who has events behind this one."""
    return frozenset(row.account_id for row in await tx.rows(_NEW, {"after": seq}))
