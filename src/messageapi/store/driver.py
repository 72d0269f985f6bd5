"""aiosqlite with one trip to its thread for each statement instead of four: the trips cost more than the statements."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar, cast

import aiosqlite

T = TypeVar("T")
Values = Sequence[object] | Mapping[str, object]


class Cursor:
    """Holds rows, not a statement: nothing of it keeps a closed connection's transaction open."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, values: Values = ()) -> Self:
        return await self._connection.on_its_thread(lambda made: self._take(made.execute(sql, values)))

    async def executemany(self, sql: str, many: Sequence[Values]) -> Self:
        return await self._connection.on_its_thread(lambda made: self._take(made.executemany(sql, many)))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _take(self, made: sqlite3.Cursor) -> Self:
        self.description = made.description
        self._rows = made.fetchall() if made.description else []
        self.rowcount, self.lastrowid = made.rowcount, made.lastrowid
        made.close()
        return self


class Connection(aiosqlite.Connection):
    """What SQLAlchemy's aiosqlite dialect drives."""

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)

    async def on_its_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return cast("T", await self._execute(lambda: work(self._conn)))  # type: ignore[no-untyped-call]


async def connect(database: str, *, uri: bool = False) -> Connection:
    """Without the driver's own transaction control, which begins too late (at the first INSERT) for savepoints.

    On a daemon thread, as SQLAlchemy would make it: a connection that was not closed must not keep the process alive.
    """
    made = Connection(lambda: sqlite3.connect(database, uri=uri, isolation_level=None), 64)
    made._thread.daemon = True  # noqa: SLF001 - there is no other way in
    await made
    return made
