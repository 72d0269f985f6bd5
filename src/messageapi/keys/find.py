"""Reading the account's API keys. Never their secret: that was shown once."""

from collections.abc import Collection
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, func, or_

from messageapi.errors import Problem
from messageapi.store.tables import keys
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller

State = Literal["usable", "ended"]
"""Ended: revoked, or beyond its expiry."""


class Key(msgspec.Struct, frozen=True):
    """A key as its owner sees it."""

    id: str
    lookup: str
    name: str
    scopes: str
    in_link: bool
    created_at: int
    expires_at: int | None
    last_used_at: int | None
    revoked_at: int | None
    numbers: str | None
    networks: str | None
    test: bool
    replaces: str | None


_COLUMNS = [keys.c[name] for name in Key.__struct_fields__]


async def one(tx: Tx, caller: Caller, key_id: str) -> Key:
    """Raise Problem key_not_found, for another account's key as well."""
    row = await tx.row(tx.of(caller).select(keys, *_COLUMNS).where(keys.c.id == key_id))
    if row is None:
        raise Problem("key_not_found", 404, "This account has no API key with this id. GET /api/v1/keys lists them.")
    return Key(*row)


async def page(
    tx: Tx, caller: Caller, before: str | None, limit: int, *, state: State | None = None, now: int = 0
) -> list[Key]:
    """Newest first: ids grow with time. With `state` only those that are so `now`."""
    statement = tx.of(caller).select(keys, *_COLUMNS).order_by(keys.c.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(_ended(now) if state == "ended" else ~_ended(now))
    if before is not None:
        statement = statement.where(keys.c.id < before)
    return [Key(*row) for row in await tx.rows(statement)]


async def named(tx: Tx, caller: Caller, ids: Collection[str]) -> list[Key]:
    """Those of these ids that are the account's."""
    if not ids:
        return []
    return [Key(*row) for row in await tx.rows(tx.of(caller).select(keys, *_COLUMNS).where(keys.c.id.in_(ids)))]


async def count_usable(tx: Tx, caller: Caller, now: int) -> int:
    usable = tx.of(caller).select(keys, func.count(keys.c.id)).where(~_ended(now))
    return int(await tx.scalar(usable))


def _ended(now: int) -> ColumnElement[bool]:
    return or_(keys.c.revoked_at.is_not(None), func.coalesce(keys.c.expires_at, now + 1) <= now)
