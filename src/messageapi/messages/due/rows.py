"""Which messages are due or too late, and when the next will be. Across accounts: nothing here reaches a caller."""

from typing import NamedTuple

from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, literal_column, select, update

from messageapi.store.db import Tx
from messageapi.store.tables import messages

AT_ONCE = 500

# The values of statuses are written out, as the partial indexes have them.
_SCHEDULED = messages.c.status == literal_column("'scheduled'")
_WAITS = messages.c.status.in_([literal_column("'scheduled'"), literal_column("'accepted'")])
_MOST = bindparam("most", type_=Integer)
_NOW: BindParameter[int] = bindparam("now", type_=BigInteger)

_FIRST_DUE = select(messages.c.send_at).where(_SCHEDULED).order_by(messages.c.send_at).limit(1)
_FIRST_LATE = (
    select(messages.c.expires_at)
    .where(messages.c.expires_at.is_not(None), _WAITS)
    .order_by(messages.c.expires_at)
    .limit(1)
)
_DUE = (
    update(messages)
    .where(
        messages.c.seq.in_(
            select(messages.c.seq)
            .where(_SCHEDULED, messages.c.send_at <= _NOW)
            .order_by(messages.c.send_at)
            .limit(_MOST)
        ),
        _SCHEDULED,
    )
    .values(status="accepted")
    .returning(messages.c.id, messages.c.number_id)
)
_LATE = (
    select(messages.c.id, messages.c.account_id)
    .where(messages.c.expires_at.is_not(None), messages.c.expires_at <= _NOW, _WAITS)
    .order_by(messages.c.expires_at)
    .limit(_MOST)
)


class Late(NamedTuple):
    """A message that waits although its time is over."""

    id: str
    account_id: str


class Moved(NamedTuple):
    """A message with another status than before."""

    id: str
    number_id: str


async def next_at(tx: Tx) -> int | None:
    """When the next message is due or expires."""
    times = [await tx.scalar(_FIRST_DUE), await tx.scalar(_FIRST_LATE)]
    return min((at for at in times if at is not None), default=None)


async def begin(tx: Tx, now: int) -> list[Moved]:
    """Up to AT_ONCE scheduled messages whose time has come wait to be sent from now on, whatever their numbers."""
    return [Moved(*row) for row in await tx.rows(_DUE, {"now": now, "most": AT_ONCE})]


async def late(tx: Tx, now: int) -> list[Late]:
    """Up to AT_ONCE of them."""
    return [Late(*row) for row in await tx.rows(_LATE, {"now": now, "most": AT_ONCE})]
