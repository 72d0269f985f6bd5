"""Reading the account's numbers. Every function takes the caller and sees nothing of anybody else."""

from typing import Any

from sqlalchemy import Select

from messageapi.errors import Problem
from messageapi.numbers.number import Number
from messageapi.store.db import Tx
from messageapi.store.tables import numbers
from messageapi.vocab.caller import Caller

_COLUMNS = [numbers.c[field] for field in Number.__struct_fields__]


def _mine(tx: Tx, caller: Caller) -> Select[Any]:
    return tx.of(caller).select(numbers, *_COLUMNS).order_by(numbers.c.id)


def _not_found() -> Problem:
    return Problem("number_not_found", 404, "There is no number with this id. GET /api/v1/numbers lists yours.")


async def one(tx: Tx, caller: Caller, number_id: str) -> Number:
    """Raise Problem number_not_found, for another account's number as well."""
    row = await tx.row(_mine(tx, caller).where(numbers.c.id == number_id))
    if row is None:
        raise _not_found()
    return Number(*row)


async def default(tx: Tx, caller: Caller) -> Number | None:
    """The one that sends where none is named."""
    row = await tx.row(_mine(tx, caller).where(numbers.c.is_default))
    return None if row is None else Number(*row)


async def every(tx: Tx, caller: Caller) -> list[Number]:
    """Oldest first: ids grow with time."""
    return [Number(*row) for row in await tx.rows(_mine(tx, caller))]


async def page(tx: Tx, caller: Caller, after: str | None, limit: int) -> list[Number]:
    """Oldest first, those that come after this id."""
    statement = _mine(tx, caller).limit(limit)
    return [Number(*row) for row in await tx.rows(statement.where(numbers.c.id > after) if after else statement)]
