"""One transaction of the writer: begin, play the parts of a group, commit; and what to do when one of these fails."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from messageapi.store.errors import store_error
from messageapi.store.wire import Limit, Wire
from messageapi.store.writing.group import Group
from messageapi.store.writing.jobs import Part

Committed = tuple[list[Sequence[object]], list[Callable[[], None]], set[str]]
"""The results of each part, what to do now that they are on the disk, and whose events came with them."""


class Committer:
    """Keeps the one connection that writes. `limit`: makes a deadline of so many seconds."""

    def __init__(self, connect: Callable[[], Awaitable[Wire]], limit: Callable[[float], Limit]) -> None:
        self._connect = connect
        self._limit = limit
        self._wire: Wire | None = None

    async def commit(self, parts: Sequence[Part], deadline_s: float) -> Committed:
        wire = await self._connected()
        try:
            await wire.begin()
            group = Group(wire, lambda: self._limit(deadline_s), alone=len(parts) == 1)
            answers = [await group.play(part) for part in parts]
        except Exception:
            await self._roll_back(wire, deadline_s)
            raise
        try:
            await wire.commit()
        except Exception:
            await self.disconnect(deadline_s, broken=True)  # perhaps still inside the transaction: start afresh
            raise
        return answers, group.actions, group.emitted

    async def disconnect(self, deadline_s: float, *, broken: bool) -> None:
        wire, self._wire = self._wire, None
        if wire is None:
            return
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with self._limit(deadline_s):
                if broken:
                    await wire.invalidate()
                await wire.close()

    async def _connected(self) -> Wire:
        if self._wire is None:
            try:
                self._wire = await self._connect()
            except OSError:
                raise store_error("unreachable") from None
        return self._wire

    async def _roll_back(self, wire: Wire, deadline_s: float) -> None:
        try:
            async with self._limit(deadline_s):
                await wire.rollback()
        except (SQLAlchemyError, OSError):  # a TimeoutError is an OSError
            await self.disconnect(deadline_s, broken=True)
