"""One request's view of a transaction, and the fast way to insert many rows."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal, cast

from sqlalchemy import Delete, Executable, Insert, Row, Table, Update, bindparam, insert
from sqlalchemy.engine import Dialect

from messageapi.store.scope import Scope
from messageapi.store.wire import AnyResult, Params, Wire
from messageapi.vocab.caller import Caller

AnyRow = Row[*tuple[Any, ...]]
Prepared = tuple[str, Callable[[Mapping[str, object]], tuple[object, ...]]]
"""SQL, and the values of a row in the order in which they stand in it."""


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
        sql, values = _insert_sql(table, tuple(rows[0]), self.wire.dialect)
        await self.wire.exec_driver_sql(sql, [values(row) for row in rows])

    async def change_many(self, stmt: Update | Delete, rows: Sequence[Mapping[str, object]]) -> None:
        """The same for each row, where there are any. `stmt` is made once, and rows have all the values in it."""
        if not rows:
            return
        sql, values = _change_sql(stmt, self.wire.dialect)
        await self.wire.exec_driver_sql(sql, [values(row) for row in rows])

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the whole group is on the disk; never when this work was rolled back."""
        if not self._writes:
            raise RuntimeError("a reader commits nothing")
        self.actions.append(action)

    def of(self, caller: Caller) -> Scope:
        return Scope(caller)


@lru_cache(maxsize=256)
def _insert_sql(table: Table, names: tuple[str, ...], dialect: Dialect) -> Prepared:
    return _prepared(insert(table).inline().values({name: bindparam(name) for name in names}), dialect)


@lru_cache(maxsize=256)
def _change_sql(stmt: Update | Delete, dialect: Dialect) -> Prepared:
    return _prepared(stmt, dialect)


def _prepared(stmt: Insert | Update | Delete, dialect: Dialect) -> Prepared:
    compiled = stmt.compile(dialect=dialect)
    names = compiled.positiontup or list(compiled.params)
    return str(compiled), itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
