"""Tables that are queues: rows with `due_at` and `tries`, each claimed by one worker until a time, then tried again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, TypeVar

from sqlalchemy import BigInteger, Integer, Table, bindparam, delete, select, update

from messageapi.store.tx import Tx

R = TypeVar("R")


class DueRows(Generic[R]):
    """Of one table; `made` makes one of its columns `names`. Statements are made once: making one costs
    more than carrying it out.
    """

    def __init__(self, table: Table, made: Callable[..., R], names: Sequence[str]) -> None:
        self._made = made
        c, (key,) = table.c, table.primary_key
        now = bindparam("now", type_=BigInteger)
        first = select(key).where(c.due_at <= now).order_by(c.due_at).limit(bindparam("most", type_=Integer))
        held = {"due_at": bindparam("until", type_=BigInteger), "tries": c.tries + 1}
        mine = update(table).where(key.in_(first.with_for_update(skip_locked=True))).values(**held)
        self._due = select(key).where(c.due_at <= now).limit(1)
        self._claim = mine.returning(*(c[name] for name in names))
        self._later = update(table).where(key == bindparam("one")).values(due_at=bindparam("at"), tries=bindparam("so"))
        self._done = delete(table).where(key.in_(bindparam("some", expanding=True))).returning(key)

    async def has_due(self, tx: Tx, now: int) -> bool:
        """Asked first: nobody writes to find that there is nothing."""
        return await tx.row(self._due, {"now": now}) is not None

    async def claim(self, tx: Tx, now: int, until: int, most: int) -> list[R]:
        """What is due, held until then: should this process end, somebody tries it again."""
        claimed = await tx.execute(self._claim, {"now": now, "until": until, "most": most})
        return [self._made(*row) for row in claimed.all()]

    async def later(self, tx: Tx, at: int, tries: Mapping[str, int]) -> None:
        """Of each key, how often it was tried so far."""
        await tx.change_many(self._later, [{"one": key, "at": at, "so": so_far} for key, so_far in tries.items()])

    async def done(self, tx: Tx, keys: Collection[str]) -> set[str]:
        """Those that were still there: what another worker did meanwhile is not done again."""
        return {key for (key,) in (await tx.execute(self._done, {"some": list(keys)})).all()}
