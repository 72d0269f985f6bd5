"""One request's view of a transaction, and the fast way to insert many rows."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal, cast

from sqlalchemy import Executable, Row, Table, bindparam, insert
from sqlalchemy.engine import Dialect

from messageapi.store.scope import Scope
from messageapi.store.wire import AnyResult, Params, Wire
from messageapi.vocab.caller import Caller

AnyRow = Row[*tuple[Any, ...]]


class Tx:
    """Statements run in the transaction they are given; nobody commits by hand."""

    def __init__(self, wire: Wire, *, writes: bool = True) -> None:
        self._open: Wire | None = wire
        self._writes = writes
        self.actions: list[Callable[[], None]] = []
        self.emitted: set[str] = set()
        """Accounts with new events in the outbox."""

    @property
    def wire(self) -> Wire:
        if self._open is None:
            raise RuntimeError("this transaction is over: a Tx lives as long as the work it was given to")
        return self._open

    def end(self) -> None:
        self._open = None

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return cast("Literal['sqlite', 'postgresql']", self.wire.dialect.name)

    async def execute(self, stmt: Executable, params: Params | None = None) -> AnyResult:
        return await self.wire.execute(stmt, params)

    async def rows(self, stmt: Executable, params: Params | None = None) -> Sequence[AnyRow]:
        return (await self.wire.execute(stmt, params)).all()

    async def row(self, stmt: Executable, params: Params | None = None) -> AnyRow | None:
        return (await self.wire.execute(stmt, params)).first()

    async def scalar(self, stmt: Executable, params: Mapping[str, Any] | None = None) -> Any:
        return await self.wire.scalar(stmt, params)

    async def insert_many(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows that all have the keys of the first: compiled once, values handed to the driver as they are."""
        if not rows:
            return
        sql, names = _insert_sql(table, tuple(rows[0]), self.wire.dialect)
        values = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
        await self.wire.exec_driver_sql(sql, [values(row) for row in rows])

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the whole group is on the disk; never when this work was rolled back."""
        if not self._writes:
            raise RuntimeError("a reader commits nothing")
        self.actions.append(action)

    def of(self, caller: Caller) -> Scope:
        return Scope(caller)


@lru_cache(maxsize=256)
def _insert_sql(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    statement = insert(table).inline().values({name: bindparam(name) for name in names})
    compiled = statement.compile(dialect=dialect)
    order = compiled.positiontup or names
    return str(compiled), tuple(order)
