"""The database door: opens SQLite or PostgreSQL by URL, migrates it, and hands out the writer and the readers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messageapi.logs import log
from messageapi.store import postgres, sqlite
from messageapi.store.errors import StoreError, store_error, understood
from messageapi.store.migrate import migrate
from messageapi.store.tx import Tx
from messageapi.store.writer import Writer

__all__ = ["Database", "StoreError", "Tx"]

FILE = "messageapi.db"
CHECKPOINT_EVERY_S = 30.0
OPEN_DEADLINE_S = 60.0


class Database:
    """One per process. `writer` is the only way to change anything; `reading` sees what was committed when it began."""

    def __init__(self, writing: AsyncEngine, reading: AsyncEngine, probe: Callable[[], Awaitable[None]]) -> None:
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
        lock = await asyncio.to_thread(sqlite.prepare, path)
        writing = sqlite.writing(path)
        try:
            await _migrated(writing)
        except BaseException:
            await writing.dispose()
            lock.release()
            raise
        database = cls(writing, sqlite.reading(path), lambda: _probe_sqlite(writing, path))
        database._chores.append(asyncio.create_task(_checkpoints(path), name="store-checkpoints"))
        database._on_close += [lambda: sqlite.truncate_wal(path), lock.release]
        return database

    @classmethod
    async def _open_postgres(cls, url: str) -> "Database":
        writing = postgres.writing(url)
        try:
            await postgres.reach(writing, url)
            await _migrated(writing)
        except BaseException:
            await writing.dispose()
            raise
        return cls(writing, postgres.reading(url), lambda: _probe_postgres(writing))

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A snapshot that cannot write."""
        if self._closed:
            raise store_error("closed")
        async with contextlib.AsyncExitStack() as stack:
            connection = await _connected(self._reading, stack)
            tx = Tx(connection, writes=False)
            stack.callback(tx.end)
            try:
                await connection.begin()
                yield tx
            except SQLAlchemyError as problem:
                raise (understood(problem) or problem) from problem

    async def ping(self) -> None:
        """Raise StoreError when reading fails or nothing can be written."""
        if self.writer.halted:
            raise store_error(self.writer.halted.code, self.writer.halted.detail)
        async with asyncio.timeout(5), self.reading() as tx:
            await tx.scalar(text("SELECT 1"))

    async def close(self) -> None:
        """Finish what waits, empty the WAL, let go of the file. Safe to call twice."""
        self._closed = True
        for chore in self._chores:
            chore.cancel()
        await self.writer.close()
        await self._reading.dispose()
        await self._writing.dispose()
        while self._on_close:
            await asyncio.to_thread(self._on_close.pop(0))


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


async def _connected(engine: AsyncEngine, stack: contextlib.AsyncExitStack) -> AsyncConnection:
    try:
        return await stack.enter_async_context(engine.connect())
    except OSError:
        raise store_error("unreachable") from None
    except SQLAlchemyError as problem:
        raise (understood(problem) or problem) from problem


async def _migrated(engine: AsyncEngine) -> None:
    try:
        async with asyncio.timeout(OPEN_DEADLINE_S), engine.begin() as connection:
            await connection.run_sync(migrate)
    except SQLAlchemyError as problem:
        raise (understood(problem) or problem) from problem


async def _checkpoints(path: Path) -> None:
    """What was deleted still lies in the WAL until it is truncated."""
    while True:
        await asyncio.sleep(CHECKPOINT_EVERY_S)
        try:
            await asyncio.to_thread(sqlite.truncate_wal, path)
        except (sqlite.Error, OSError) as problem:
            log("store").warning("checkpoint_failed", cause=type(problem).__name__)


async def _probe_sqlite(engine: AsyncEngine, path: Path) -> None:
    await asyncio.to_thread(sqlite.probe_disk, path.parent)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("PRAGMA user_version = 0")  # writes page 1, so the commit is an fsync


async def _probe_postgres(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql("SELECT pg_current_xact_id()")
