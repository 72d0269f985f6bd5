"""The database door: opens SQLite or PostgreSQL by URL, migrates it, and hands out the writer and the readers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from messageapi.logs import log
from messageapi.store import postgres, sqlite, sqlite_file
from messageapi.store.errors import StoreError, store_error, understood
from messageapi.store.migrate import migrate
from messageapi.store.tx import Tx
from messageapi.store.writing.writer import Committing, Writer

__all__ = ["Database", "StoreError", "Tx"]

T = TypeVar("T")

FILE = "messageapi.db"
CHECKPOINT_EVERY_S = 30.0
LARGE_WAL = 8_000_000  # bytes, not left to lie that long
LOOK_EVERY_S = 0.5
HELD_S = 5.0  # until the next look at a large one that readers held
OPEN_DEADLINE_S = 60.0


class Writing(Committing, Protocol):
    """The connection that writes, of either database. `apart`: work in a transaction of its own."""

    @property
    def engine(self) -> Engine: ...
    async def apart(self, work: Callable[[Connection], T]) -> T: ...
    async def close(self) -> None: ...


class Reading(Protocol):
    """The connections that read."""

    async def read(self, work: Callable[[Tx], Coroutine[Any, Any, T]]) -> T: ...
    def open(self) -> contextlib.AbstractAsyncContextManager[Tx]: ...
    async def close(self) -> None: ...


class Database:
    """One per process. `writer` is the only way to change anything; readers see what was committed when they began."""

    def __init__(self, writing: Writing, reading: Reading, probe: Callable[[], Awaitable[None]]) -> None:
        self._writing = writing
        self._reading = reading
        self._closed = False
        self._chores: list[asyncio.Task[None]] = []
        self._on_close: list[Callable[[], object]] = []
        self.writer = Writer(writing, probe)

    @classmethod
    async def open(cls, url: str, *, folder: Path | None = None) -> "Database":
        """An empty url means SQLite in `folder`. Migrates and checks integrity; StoreError says what is wrong."""
        if url.startswith(("postgresql:", "postgres:")):
            return await cls._open_postgres(url)
        return await cls._open_sqlite(_sqlite_path(url, folder))

    @classmethod
    async def _open_sqlite(cls, path: Path) -> "Database":
        lock = await asyncio.to_thread(sqlite_file.prepare, path)
        writing = sqlite.Writing(path)
        try:
            await _migrated(writing)
        except BaseException:
            await writing.close()
            lock.release()
            raise
        database = cls(writing, sqlite.Reading(path), lambda: _probe_sqlite(writing, path))
        database._chores.append(asyncio.create_task(_checkpoints(path), name="store-checkpoints"))
        database._on_close += [lambda: sqlite_file.truncate_wal(path), lock.release]
        return database

    @classmethod
    async def _open_postgres(cls, url: str) -> "Database":
        writing = postgres.Writing(url)
        try:
            await writing.reach()
            await _migrated(writing)
        except BaseException:
            await writing.close()
            raise
        return cls(writing, postgres.Reading(url), lambda: _probe_postgres(writing))

    async def read(self, work: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        """One snapshot for all of `work`, which may wait for its Tx alone: the quickest way to read."""
        if self._closed:
            raise store_error("closed")
        with _translated():
            return await self._reading.read(work)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A snapshot that stays open while other things are waited for."""
        if self._closed:
            raise store_error("closed")
        with _translated():
            async with self._reading.open() as tx:
                yield tx

    async def ping(self) -> None:
        """Raise StoreError when reading fails or nothing can be written."""
        if self.writer.halted:
            raise store_error(self.writer.halted.code, self.writer.halted.detail)
        async with asyncio.timeout(5):
            await self.read(_answer)

    async def close(self) -> None:
        """Finish what waits, empty the WAL, let go of the file. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        for chore in self._chores:
            chore.cancel()
        await self.writer.close()
        await self._reading.close()
        await self._writing.close()
        while self._on_close:
            await asyncio.to_thread(self._on_close.pop(0))


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """The database's errors as ours; what the caller raised stays as it is."""
    try:
        yield
    except SQLAlchemyError as problem:
        raise (understood(problem) or problem) from problem


async def _answer(tx: Tx) -> None:
    await tx.scalar(text("SELECT 1"))


def _sqlite_path(url: str, folder: Path | None) -> Path:
    if not url and folder is not None:
        return folder.absolute() / FILE
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise store_error(
            "bad_url",
            "The database URL is not one of ours. Leave it empty for SQLite in the data folder, or write "
            "sqlite:////path/to/file.db or postgresql://user:password@host/name.",
        )
    return Path(str(parsed.database)).absolute()


async def _migrated(writing: Writing) -> None:
    with _translated():
        async with asyncio.timeout(OPEN_DEADLINE_S):
            await writing.apart(migrate)


async def _checkpoints(path: Path) -> None:
    """Beside the writer, which would stand still for the time. What was deleted still lies in the WAL until it is
    truncated.
    """
    while True:
        await _due(path)
        try:
            done = await asyncio.to_thread(sqlite_file.truncate_wal, path)
        except (sqlite_file.Error, OSError) as problem:
            log("store").warning("checkpoint_failed", cause=type(problem).__name__)
            done = False
        if not done:
            await asyncio.sleep(HELD_S)


async def _due(path: Path) -> None:
    """Returns when CHECKPOINT_EVERY_S are over, or the WAL is large."""
    for _ in range(round(CHECKPOINT_EVERY_S / LOOK_EVERY_S)):
        await asyncio.sleep(LOOK_EVERY_S)
        if sqlite_file.wal_bytes(path) >= LARGE_WAL:
            return


async def _probe_sqlite(writing: Writing, path: Path) -> None:
    await asyncio.to_thread(sqlite_file.probe_disk, path.parent)
    # page 1 is written, so the commit is an fsync
    await writing.apart(lambda connection: connection.exec_driver_sql("PRAGMA user_version = 0").close())


async def _probe_postgres(writing: Writing) -> None:
    await writing.apart(lambda connection: connection.exec_driver_sql("SELECT pg_current_xact_id()").close())
