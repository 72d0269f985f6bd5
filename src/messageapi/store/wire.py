"""A connection as transactions see it, the same for both databases: its coroutines never wait on SQLite."""

from collections.abc import Awaitable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.engine import Dialect

AnyResult = CursorResult[*tuple[Any, ...]]
Params = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Wire(Protocol):
    """SQLAlchemy's AsyncConnection is one."""

    @property
    def dialect(self) -> Dialect: ...
    def begin(self) -> Awaitable[Any]: ...
    async def commit(self) -> None: ...
    async def rollback(self) -> None: ...
    async def close(self) -> None: ...
    async def invalidate(self) -> None: ...
    async def execute(self, statement: Executable, parameters: Params | None = None) -> AnyResult: ...
    async def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any: ...
    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> AnyResult: ...


class Limit(Protocol):
    """Ends what is done inside it when its time is over."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...
    def expired(self) -> bool: ...


class Direct:
    """SQLite's connection as a Wire, for coroutines that a thread drives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def begin(self) -> None:
        self._connection.begin()

    async def commit(self) -> None:
        self._connection.commit()

    async def rollback(self) -> None:
        self._connection.rollback()

    async def close(self) -> None:
        self._connection.close()

    async def invalidate(self) -> None:
        self._connection.invalidate()

    async def execute(self, statement: Executable, parameters: Params | None = None) -> AnyResult:
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        return self._connection.scalar(statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> AnyResult:
        return self._connection.exec_driver_sql(statement, parameters)
