"""The day's messages of an account, counted."""

from sqlalchemy import func

from messageapi.store.tables import messages
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def outbound_by_status(tx: Tx, caller: Caller, since: int) -> dict[str, int]:
    """Walks back over the newest rows only: an account's history may be long, its day is short."""
    mine = tx.of(caller)
    older = mine.select(messages, messages.c.seq).where(messages.c.accepted_at < since)
    last_older = await tx.scalar(older.order_by(messages.c.seq.desc()).limit(1))
    counted = (
        mine.select(messages, messages.c.status, func.count())
        .where(messages.c.direction == "outbound", messages.c.accepted_at >= since)
        .group_by(messages.c.status)
    )
    if last_older is not None:
        counted = counted.where(messages.c.seq > last_older)
    return {row[0]: row[1] for row in await tx.rows(counted)}
