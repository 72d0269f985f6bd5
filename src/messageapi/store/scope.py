"""The only way to a tenant's rows: statements that carry the account of the caller and cannot lose it."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from messageapi.vocab.caller import Caller

ACCOUNT = "account_of_the_caller"


def prepared(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Made once, for reads that happen all the time. It runs only with `Scope.values`, which name the caller."""
    if "account_id" not in table.c:
        raise ValueError(f"{table.name} does not belong to an account")
    return select(*(columns or (table,))).where(table.c.account_id == bindparam(ACCOUNT))


class Scope:
    """Statements over one account's rows. Narrow them further with `.where(...)`; nothing can widen them."""

    def __init__(self, caller: Caller) -> None:
        self.account_id = caller.account_id
        self._numbers = caller.numbers

    def select(self, table: Table, *columns: ColumnElement[Any] | Table) -> Select[Any]:
        """`columns` may name other tables of the tenant (join them): each is held to the account as well."""
        tables = {table} | {named for named in map(_table_of, columns) if named is not None}
        mine = [self._mine(each) for each in sorted(tables, key=lambda each: each.name)]
        return select(*(columns or (table,))).where(*mine)

    def values(self, **values: object) -> dict[str, object]:
        """What a `prepared` statement needs."""
        return {**values, ACCOUNT: self.account_id}

    def insert(self, table: Table, **values: object) -> Insert:
        return insert(table).values(self.row(table, **values))

    def row(self, table: Table, **values: object) -> dict[str, object]:
        """A row for Tx.insert_many."""
        if "account_id" not in table.c:
            raise ValueError(f"{table.name} does not belong to an account")
        if values.get("account_id", self.account_id) != self.account_id:
            raise ValueError("a row cannot be written for another account")
        if self._numbers is not None and values.get("number_id", "") not in {"", *self._numbers}:
            raise ValueError("a row cannot be written for a number out of reach")
        return {**values, "account_id": self.account_id}

    def update(self, table: Table) -> Update:
        return update(table).where(self._mine(table))

    def delete(self, table: Table) -> Delete:
        return delete(table).where(self._mine(table))

    def _mine(self, table: Table) -> ColumnElement[bool]:
        if "account_id" in table.c:
            mine = table.c.account_id == self.account_id
            number = table.c.id if table.name == "numbers" else table.c.get("number_id")
            if self._numbers is None or number is None:
                return mine
            return mine & number.in_(self._numbers)
        if table.name == "accounts":
            return table.c.id == self.account_id
        raise ValueError(f"{table.name} does not belong to an account")


def _table_of(column: object) -> Table | None:
    if isinstance(column, Table):
        return column
    table = column.table if isinstance(column, Column) else None
    return table if isinstance(table, Table) else None
