"""Removals that wait to be proved, across accounts: claimed by one worker at a time."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Integer, bindparam, delete, select, update

from messageapi.store.db import Tx
from messageapi.store.tables import removals

Values = dict[str, object]

_DUE = select(removals.c.message_id).where(removals.c.due_at <= bindparam("now", type_=BigInteger)).limit(1)
_CLAIM = (
    update(removals)
    .where(
        removals.c.message_id.in_(
            select(removals.c.message_id)
            .where(removals.c.due_at <= bindparam("now", type_=BigInteger))
            .order_by(removals.c.due_at)
            .limit(bindparam("most", type_=Integer))
            .with_for_update(skip_locked=True)
        )
    )
    .values(due_at=bindparam("until", type_=BigInteger), tries=removals.c.tries + 1)
    .returning(*removals.c)
)
_DONE = delete(removals).where(removals.c.message_id.in_(bindparam("some", expanding=True)))
_LATER = (
    update(removals)
    .where(removals.c.message_id == bindparam("message"))
    .values(due_at=bindparam("at"), tries=bindparam("so_far"))
)


class Kept(NamedTuple):
    """As it lies there, its columns in order."""

    message_id: str
    account_id: str
    number_id: str
    sealed: bytes
    due_at: int
    ends_at: int
    tries: int


async def keep(tx: Tx, kept: Sequence[Values]) -> None:
    await tx.insert_many(removals, kept)


async def due(tx: Tx, now: int) -> bool:
    """Asked first: nobody writes to find that there is nothing."""
    return await tx.row(_DUE, {"now": now}) is not None


async def claim(tx: Tx, now: int, until: int, most: int) -> list[Kept]:
    """What is due, held until then: should this process end, somebody tries it again."""
    return [Kept(*row) for row in (await tx.execute(_CLAIM, {"now": now, "until": until, "most": most})).all()]


async def done(tx: Tx, message_ids: Collection[str]) -> set[str]:
    """Those that were still there: what another worker did meanwhile is not done again."""
    gone = await tx.execute(_DONE.returning(removals.c.message_id), {"some": list(message_ids)})
    return {row.message_id for row in gone.all()}


async def later(tx: Tx, at: int, tries: dict[str, int]) -> None:
    await tx.change_many(_LATER, [{"message": each, "at": at, "so_far": so_far} for each, so_far in tries.items()])
