"""One open transaction of the writer: plays the parts of a group so that one's error never reaches its neighbours."""

import asyncio
from collections.abc import Callable, Sequence

from messageapi.store.errors import must_repeat, understood
from messageapi.store.tx import Tx
from messageapi.store.wire import Limit, Wire
from messageapi.store.writing.jobs import Batch, Part

ENDS_GROUP = frozenset({"disk_full", "io_failed", "corrupt", "unreachable", "not_writable", "locked_by_other"})
"""The database itself failed: on these SQLite may have rolled back the transaction already, and PostgreSQL is gone."""


class Late(Exception):
    """A part missed its deadline."""

    def __init__(self, part: Part) -> None:
        super().__init__("deadline")
        self.part = part


class Group:
    """A lone part needs no savepoint: rolling back the transaction is the same and costs nothing on the happy path."""

    def __init__(self, wire: Wire, limit: Callable[[], Limit], *, alone: bool) -> None:
        self._wire = wire
        self._limit = limit
        self._alone = alone
        self.actions: list[Callable[[], None]] = []
        self.emitted: set[str] = set()

    async def play(self, part: Part) -> Sequence[object]:
        """One result an item, exceptions as values. Raises what ends the whole group, and Late."""
        limit = self._limit()
        try:
            async with limit:
                return await self._results(part)
        except TimeoutError:
            if limit.expired():
                raise Late(part) from None
            raise

    async def _results(self, part: Part) -> Sequence[object]:
        try:
            return await self._attempt(part.batch, part.items, sheltered=not self._alone)
        except Exception as problem:
            if ends_group(problem):
                raise
            if len(part.items) == 1:
                return [understood(problem) or problem]
        return [await self._single(part.batch, item) for item in part.items]

    async def _single(self, batch: Batch, item: object) -> object:
        try:
            return (await self._attempt(batch, [item], sheltered=True))[0]
        except Exception as problem:
            if ends_group(problem):
                raise
            return understood(problem) or problem

    async def _attempt(self, batch: Batch, items: Sequence[object], *, sheltered: bool) -> Sequence[object]:
        if sheltered:
            await self._wire.exec_driver_sql("SAVEPOINT work")
        tx = Tx(self._wire)
        try:
            results = await _called(batch, tx, items)
        except Exception as problem:
            if not ends_group(problem):
                await self._undo(sheltered=sheltered)
            raise
        finally:
            tx.end()
        if sheltered:
            await self._wire.exec_driver_sql("RELEASE SAVEPOINT work")
        self.actions += tx.actions
        self.emitted |= tx.emitted
        return results

    async def _undo(self, *, sheltered: bool) -> None:
        if sheltered:
            await self._wire.exec_driver_sql("ROLLBACK TO SAVEPOINT work")
            await self._wire.exec_driver_sql("RELEASE SAVEPOINT work")
        else:
            await self._wire.rollback()
            await self._wire.begin()


async def _called(batch: Batch, tx: Tx, items: Sequence[object]) -> Sequence[object]:
    try:
        results = await batch(tx, items)
    except asyncio.CancelledError:
        if _being_cancelled():
            raise
        raise RuntimeError("the work cancelled itself") from None
    if len(results) != len(items):
        raise RuntimeError(f"the batch answered {len(results)} of {len(items)} items")
    return results


def _being_cancelled() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # on a thread there is no task to cancel
        return False
    return task is not None and task.cancelling() > 0


def ends_group(problem: Exception) -> bool:
    if must_repeat(problem):
        return True
    trouble = understood(problem)
    return trouble is not None and trouble.code in ENDS_GROUP
