"""Reading the account's events from the outbox. Every function takes the caller."""

from typing import NamedTuple

from sqlalchemy import or_

from messageapi.live.wanted import Wanted
from messageapi.store.tables import outbox
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


class Row(NamedTuple):
    """An event as it lies in the outbox."""

    seq: int
    id: str
    number_id: str | None
    type: str
    sealed: bytes


_ROW = [outbox.c[name] for name in Row._fields]


async def after(tx: Tx, caller: Caller, seq: int, until: int, most: int) -> list[Row]:
    """Of all types and numbers, in order."""
    mine = tx.of(caller).select(outbox, *_ROW).where(outbox.c.seq > seq, outbox.c.seq <= until)
    return [Row(*row) for row in await tx.rows(mine.order_by(outbox.c.seq).limit(most))]


async def wanted_after(tx: Tx, caller: Caller, wanted: Wanted, span: tuple[int, int], most: int) -> list[Row]:
    """Those wanted of the events behind the first of `span`, up to the second; in order."""
    mine = tx.of(caller).select(outbox, *_ROW).where(outbox.c.seq > span[0], outbox.c.seq <= span[1])
    mine = mine.where(outbox.c.type.in_(sorted(wanted.types)))
    if wanted.numbers is not None:
        mine = mine.where(or_(outbox.c.number_id.is_(None), outbox.c.number_id.in_(sorted(wanted.numbers))))
    return [Row(*row) for row in await tx.rows(mine.order_by(outbox.c.seq).limit(most))]


async def place_of(tx: Tx, caller: Caller, event_id: str) -> tuple[int, int] | None:
    """Where an event of the account lies, and when it happened."""
    mine = tx.of(caller).select(outbox, outbox.c.seq, outbox.c.created_at).where(outbox.c.id == event_id)
    row = await tx.row(mine)
    return None if row is None else (row.seq, row.created_at)
