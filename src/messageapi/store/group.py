"""One open transaction of the writer: plays the parts of a group so that one's error never reaches its neighbours."""

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from messageapi.store.errors import must_repeat, understood
from messageapi.store.jobs import Batch, Part
from messageapi.store.tx import Tx

ENDS_GROUP = frozenset({"disk_full", "io_failed", "corrupt", "unreachable", "not_writable", "locked_by_other"})
"""The database itself failed: on these SQLite may have rolled back the transaction already, and PostgreSQL is gone."""
GRACE_S = 0.5  # between interrupting the statement and giving up on the work


class Late(Exception):
    """A part missed its deadline."""

    def __init__(self, part: Part) -> None:
        super().__init__("deadline")
        self.part = part


class Group:
    """A lone part needs no savepoint: rolling back the transaction is the same and costs nothing on the happy path."""

    def __init__(
        self, connection: AsyncConnection, interrupt: Callable[[], None], *, alone: bool, deadline_s: float
    ) -> None:
        self._connection = connection
        self._interrupt = interrupt
        self._alone = alone
        self._deadline_s = deadline_s
        self.actions: list[Callable[[], None]] = []

    async def play(self, part: Part) -> Sequence[object]:
        """One result an item, exceptions as values. Raises what ends the whole group, and Late."""
        # a statement cannot be cancelled, only interrupted: it then fails like any other and the connection stays
        interrupting = asyncio.get_running_loop().call_later(self._deadline_s, self._interrupt)
        try:
            async with asyncio.timeout(self._deadline_s + GRACE_S) as limit:
                return await self._results(part)
        except TimeoutError:
            if limit.expired():
                raise Late(part) from None
            raise
        finally:
            interrupting.cancel()

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
            await self._connection.exec_driver_sql("SAVEPOINT work")
        tx = Tx(self._connection)
        try:
            results = await _called(batch, tx, items)
        except Exception as problem:
            if not ends_group(problem):
                await self._undo(sheltered=sheltered)
            raise
        finally:
            tx.end()
        if sheltered:
            await self._connection.exec_driver_sql("RELEASE SAVEPOINT work")
        self.actions += tx.actions
        return results

    async def _undo(self, *, sheltered: bool) -> None:
        if sheltered:
            await self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT work")
            await self._connection.exec_driver_sql("RELEASE SAVEPOINT work")
        else:
            await self._connection.rollback()
            await self._connection.begin()


async def _called(batch: Batch, tx: Tx, items: Sequence[object]) -> Sequence[object]:
    try:
        results = await batch(tx, items)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("the work cancelled itself") from None
    if len(results) != len(items):
        raise RuntimeError(f"the batch answered {len(results)} of {len(items)} items")
    return results


def ends_group(problem: Exception) -> bool:
    if must_repeat(problem):
        return True
    trouble = understood(problem)
    return trouble is not None and trouble.code in ENDS_GROUP
