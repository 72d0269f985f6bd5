"""Reads and writes of paces, for many numbers in one statement. Nothing here runs for numbers without a pace."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.pacing.counters import Counters
from messageapi.pacing.limits import Limits
from messageapi.pacing.turns import Pace
from messageapi.store.db import Tx
from messageapi.store.portions import padded
from messageapi.store.tables import acquaintances, numbers, paces

Values = dict[str, object]
_COUNTERS = Counters.__struct_fields__
_limits = msgspec.json.Decoder(Limits)

# Statements are made once: making one costs ten times as much as carrying it out.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)

_PACES = (
    select(
        numbers.c.id,
        numbers.c.account_id,
        func.coalesce(numbers.c.linked_at, numbers.c.created_at).label("since"),
        paces.c.limits,
        *(paces.c[name] for name in _COUNTERS),
    )
    .join_from(numbers, paces, paces.c.number_id == numbers.c.id, isouter=True)
    .where(numbers.c.id.in_(_SOME))
)

_MET = select(acquaintances.c.number_id, acquaintances.c.address).where(
    acquaintances.c.number_id.in_(_SOME), acquaintances.c.address.in_(bindparam("addresses", expanding=True))
)


def _saving(dialect: Any, names: Sequence[str]) -> Any:
    """Keep these columns, in a row that may not be there yet."""
    row: set[str] = {"number_id", "account_id", "limits", *_COUNTERS}
    statement = dialect.insert(paces).values({name: bindparam(name) for name in row})
    return statement.on_conflict_do_update(
        index_elements=[paces.c.number_id], set_={name: statement.excluded[name] for name in names}
    )


def _meeting(dialect: Any) -> Any:
    row: dict[str, BindParameter[Any]] = {"number_id": bindparam("number_id"), "address": bindparam("address")}
    return dialect.insert(acquaintances).values(row).on_conflict_do_nothing()


_DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
_SAVE_COUNTERS = {name: _saving(dialect, _COUNTERS) for name, dialect in _DIALECTS.items()}
_SAVE_LIMITS = {name: _saving(dialect, ["limits"]) for name, dialect in _DIALECTS.items()}
_MEET = {name: _meeting(dialect) for name, dialect in _DIALECTS.items()}


async def load(tx: Tx, number_ids: Collection[str]) -> dict[str, Pace]:
    """A number whose pace was never touched has the limits of everybody."""
    if not number_ids:
        return {}
    rows = await tx.rows(_PACES, {"some": padded(sorted(number_ids))})
    return {row.id: _pace(row) for row in rows}


def _pace(row: Any) -> Pace:
    fresh = row.next_at is None
    counters = Counters() if fresh else Counters(*(getattr(row, name) for name in _COUNTERS))
    limits = Limits() if row.limits is None else _limits.decode(row.limits)
    return Pace(row.id, row.account_id, limits, counters, row.since)


async def met(tx: Tx, number_ids: Collection[str], addresses: Collection[str]) -> set[tuple[str, str]]:
    """Which of these people were written to from which of these numbers while it kept its pace."""
    if not addresses:
        return set()
    found = await tx.rows(_MET, {"some": padded(sorted(number_ids)), "addresses": padded(sorted(addresses))})
    return {(row.number_id, row.address) for row in found}


async def save_counters(tx: Tx, changed: Sequence[Pace]) -> None:
    if changed:
        await tx.execute(_SAVE_COUNTERS[tx.dialect], [_row(each) for each in changed])


async def save_limits(tx: Tx, pace: Pace) -> None:
    await tx.execute(_SAVE_LIMITS[tx.dialect], [_row(pace)])


async def meet(tx: Tx, people: Iterable[tuple[str, str]]) -> None:
    """Number and address of those who are written to for the first time."""
    values = [{"number_id": number_id, "address": address} for number_id, address in people]
    if values:
        await tx.execute(_MEET[tx.dialect], values)


def _row(pace: Pace) -> Values:
    own = None if pace.limits == Limits() else msgspec.json.encode(pace.limits).decode()
    return {
        "number_id": pace.number_id,
        "account_id": pace.account_id,
        "limits": own,
        **msgspec.structs.asdict(pace.counters),
    }
