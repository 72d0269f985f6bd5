"""SQLite: one connection that writes and a few that read, each on a thread of its own that runs whole transactions."""

import asyncio
import contextlib
import math
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Executable, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from messageapi.store.errors import store_error
from messageapi.store.thread import Thread, driven
from messageapi.store.tx import AnyRow, Tx
from messageapi.store.wire import AnyResult, Direct, Params, Wire
from messageapi.store.writing.commit import Committed, Committer
from messageapi.store.writing.jobs import Part

T = TypeVar("T")

READERS = 4
READ_DEADLINE_S = 15.0
WAIT_FOR_READER_S = 10.0
LEAVE_S = 2.0
BUSY_MS = 5_000
PREPARED = 512  # statements a connection keeps ready
_LOOK_EVERY = 100_000  # steps of SQLite's machine, about 1 ms
_SHARED = (f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "temp_store=MEMORY", "trusted_schema=OFF")
_WRITING = (
    "journal_mode=WAL",
    "synchronous=FULL",  # the commit returns after fsync of the WAL
    "secure_delete=ON",
    "wal_autocheckpoint=32000",  # pages; only when store.db's own checkpoints, beside the writer, do not keep up
    "cache_size=-32000",
)


class Deadline:
    """A statement that goes on past it ends with an error: SQLite asks from time to time."""

    def __init__(self) -> None:
        self._at = math.inf

    def set(self, seconds: float) -> Self:
        self._at = time.monotonic() + seconds
        return self

    def passed(self) -> bool:
        return time.monotonic() > self._at

    def expired(self) -> bool:
        """Nothing raises because of it but the statement itself."""
        return False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._at = math.inf


class Writing:
    """The connection that writes."""

    def __init__(self, path: Path) -> None:
        self.thread = Thread("store-writer")
        self.engine = _engine(str(path), (*_SHARED, *_WRITING), "BEGIN IMMEDIATE", uri=False)
        self._deadline = Deadline()
        self._committer = Committer(self._connect, self._deadline.set)

    async def commit(self, parts: Sequence[Part], deadline_s: float) -> Committed:
        return await self.thread.run(lambda: driven(self._committer.commit(parts, deadline_s)))

    async def disconnect(self, deadline_s: float, *, broken: bool) -> None:
        await self.thread.run(lambda: driven(self._committer.disconnect(deadline_s, broken=broken)))

    async def apart(self, work: Callable[[Connection], T]) -> T:
        """On the writer's thread, in a transaction of a connection made for it."""

        def transaction() -> T:
            with self.engine.begin() as connection:
                return work(connection)

        return await self.thread.run(transaction)

    async def close(self) -> None:
        self.thread.end()

    async def _connect(self) -> Wire:
        connection = self.engine.connect()
        _heed(connection, self._deadline)
        return Direct(connection)


class Reading:
    """A few readers. Who comes when all are busy waits for one, for at most WAIT_FOR_READER_S."""

    def __init__(self, path: Path) -> None:
        engine = _engine(f"file:{quote(str(path))}?mode=ro", (*_SHARED, "query_only=ON"), "BEGIN", uri=True)
        self._all = [Reader(engine) for _ in range(READERS)]
        self._free: asyncio.LifoQueue[Reader] = asyncio.LifoQueue()  # the one used last has the warmest cache
        for reader in self._all:
            self._free.put_nowait(reader)

    async def read(self, work: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        async with self._reader() as reader:
            return await reader.thread.run(lambda: reader.run(work))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Tx]:
        async with self._reader() as reader:
            tx: Tx | None = None
            try:
                tx = RemoteTx(await reader.thread.run(reader.begin), reader.thread)
                yield tx
            finally:
                if tx:
                    tx.end()
                await reader.thread.run(reader.end)

    async def close(self) -> None:
        """Whoever still reads is waited for a moment only."""
        leaving = [asyncio.ensure_future(reader.thread.run(reader.close)) for reader in self._all]
        await asyncio.wait(leaving, timeout=LEAVE_S)
        for reader in self._all:
            reader.thread.end()

    @contextlib.asynccontextmanager
    async def _reader(self) -> AsyncIterator["Reader"]:
        try:
            async with asyncio.timeout(WAIT_FOR_READER_S):
                reader = await self._free.get()
        except TimeoutError:
            raise store_error("overloaded") from None
        try:
            yield reader
        finally:
            self._free.put_nowait(reader)


class Reader:
    """A thread and its connection. Everything but `thread` belongs to that thread."""

    def __init__(self, engine: Engine) -> None:
        self.thread = Thread("store-reader")
        self._engine = engine
        self._connection: Connection | None = None

    def run(self, work: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        try:
            return driven(work(self.begin()))
        finally:
            self.end()

    def begin(self) -> Tx:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._deadline = Deadline()
            _heed(self._connection, self._deadline)
        self._deadline.set(READ_DEADLINE_S)
        self._connection.begin()
        return Tx(Direct(self._connection), writes=False)

    def end(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rollback()
        except SQLAlchemyError:
            self.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                connection.close()


class RemoteTx(Tx):
    """A reader's transaction for code on the event loop: each call is a trip to the reader's thread."""

    def __init__(self, tx: Tx, thread: Thread) -> None:
        super().__init__(tx.wire, writes=False)
        self._tx, self._thread = tx, thread

    async def execute(self, stmt: Executable, params: Params | None = None) -> AnyResult:
        return await self._thread.run(lambda: driven(self._tx.execute(stmt, params)))

    async def rows(self, stmt: Executable, params: Params | None = None) -> Sequence[AnyRow]:
        return await self._thread.run(lambda: driven(self._tx.rows(stmt, params)))

    async def row(self, stmt: Executable, params: Params | None = None) -> AnyRow | None:
        return await self._thread.run(lambda: driven(self._tx.row(stmt, params)))

    async def scalar(self, stmt: Executable, params: Mapping[str, Any] | None = None) -> Any:
        return await self._thread.run(lambda: driven(self._tx.scalar(stmt, params)))

    def end(self) -> None:
        super().end()
        self._tx.end()


def _engine(database: str, pragmas: tuple[str, ...], begin: str, *, uri: bool) -> Engine:
    """Without the driver's own transaction control, which begins too late (at the first INSERT) for savepoints."""
    engine = create_engine(
        "sqlite://",  # names the dialect; the connections are made here
        creator=lambda: sqlite3.connect(database, uri=uri, isolation_level=None, cached_statements=PREPARED),
        poolclass=NullPool,
        hide_parameters=True,  # of an error's text: they are phone numbers and sealed bodies
    )

    def on_connect(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_invalidate(connection: DBAPIConnection, _: object, __: object) -> None:
        connection.rollback()  # a closed connection keeps its transaction, and the lock, for as long as a cursor lives

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "invalidate", on_invalidate)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _heed(connection: Connection, deadline: Deadline) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.set_progress_handler(deadline.passed, _LOOK_EVERY)
