"""PostgreSQL through asyncpg, which reads the whole URL itself (sslmode, several hosts, service files)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from messageapi.store.errors import store_error
from messageapi.store.tx import Tx
from messageapi.store.wire import Wire
from messageapi.store.writing.commit import Committed, Committer
from messageapi.store.writing.jobs import Part

T = TypeVar("T")

READERS = 8
CONNECT_DEADLINE_S = 5
STATEMENT_DEADLINE_S = 15


class Writing:
    """The connection that writes."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = _engine(url, 1, {})
        self._committer = Committer(self._connect, asyncio.timeout)

    @property
    def engine(self) -> Engine:
        return self._engine.sync_engine

    async def commit(self, parts: Sequence[Part], deadline_s: float) -> Committed:
        return await self._committer.commit(parts, deadline_s)

    async def disconnect(self, deadline_s: float, *, broken: bool) -> None:
        await self._committer.disconnect(deadline_s, broken=broken)

    async def apart(self, work: Callable[[Connection], T]) -> T:
        """In a transaction of its own."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def reach(self) -> None:
        await reach(self._engine, self._url)

    async def close(self) -> None:
        await self._engine.dispose()

    async def _connect(self) -> Wire:
        return await self._engine.connect()


class Reading:
    """Readers: each transaction is one snapshot."""

    def __init__(self, url: str) -> None:
        given = {"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read"}
        self._engine = _engine(url, READERS, given)

    async def read(self, work: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
        async with self.open() as tx:
            return await work(tx)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Tx]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._engine.connect())
            except OSError:
                raise store_error("unreachable") from None
            tx = Tx(connection, writes=False)
            stack.callback(tx.end)
            await connection.begin()
            yield tx

    async def close(self) -> None:
        await self._engine.dispose()


def _engine(url: str, connections: int, given: dict[str, str]) -> AsyncEngine:
    server_settings = {
        "application_name": "messageapi",
        "timezone": "UTC",
        "statement_timeout": str(STATEMENT_DEADLINE_S * 1000),
        "lock_timeout": "5000",
        "idle_in_transaction_session_timeout": "60000",
        "synchronous_commit": "on",
        **given,
    }

    async def connect() -> object:
        return await asyncpg.connect(
            url, timeout=CONNECT_DEADLINE_S, command_timeout=STATEMENT_DEADLINE_S * 2, server_settings=server_settings
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,  # of an error's text: they are phone numbers and sealed bodies
    )


async def reach(engine: AsyncEngine, url: str) -> None:
    """Connect once; StoreError says why that failed, naming the place but never the password."""
    try:
        async with engine.connect():
            return
    except (SQLAlchemyError, OSError, ValueError) as problem:
        reason = _reason(problem)
    raise store_error(
        "unreachable",
        f"PostgreSQL at {_place(url)} cannot be used ({reason}). Check that it runs, "
        "and the user, password and database name in MESSAGEAPI_DATABASE_URL.",
    )


def _place(url: str) -> str:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "the given URL"
    return f"{parsed.host or 'localhost'}, database {parsed.database or 'of the user'},"


def _reason(problem: Exception) -> str:
    cause = problem.orig.__cause__ if isinstance(problem, DBAPIError) and problem.orig else problem
    if isinstance(cause, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        return "the user or password was refused"
    if isinstance(cause, asyncpg.InvalidCatalogNameError):
        return "the database does not exist"
    if isinstance(cause, ValueError | asyncpg.ClientConfigurationError):
        return "the URL is malformed"
    if isinstance(cause, TimeoutError):
        return "no answer"
    return "no connection" if isinstance(cause, OSError) else type(cause).__name__
