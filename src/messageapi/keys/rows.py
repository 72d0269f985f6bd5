"""Rows of the keys table that are reached by secret or written; what a caller may list is in find.py."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import or_, select, update

from messageapi.store.tables import keys
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


class KnownKey(msgspec.Struct, frozen=True):
    """What checking needs."""

    id: str
    account_id: str
    hash: bytes
    scopes: frozenset[str]
    in_link: bool
    expires_at: int | None
    revoked_at: int | None


async def by_lookup(tx: Tx, lookup: str) -> KnownKey | None:
    """The only read that comes before there is an account: the key says which one it is."""
    row = await tx.row(select(*(keys.c[name] for name in KnownKey.__struct_fields__)).where(keys.c.lookup == lookup))
    if row is None:
        return None
    return KnownKey(row.id, row.account_id, row.hash, frozenset(row.scopes.split()), *row[4:])


async def usable(tx: Tx, key_ids: Collection[str], now: int) -> frozenset[str]:
    """Of these, whoever's they are, the ones that open something."""
    unended = or_(keys.c.expires_at.is_(None), keys.c.expires_at > now)
    found = await tx.rows(select(keys.c.id).where(keys.c.id.in_(key_ids), keys.c.revoked_at.is_(None), unended))
    return frozenset(row.id for row in found)


async def insert(tx: Tx, caller: Caller, values: dict[str, Any]) -> None:
    await tx.execute(tx.of(caller).insert(keys, **values))


async def revoke(tx: Tx, caller: Caller, key_id: str, now: int) -> None:
    mine = tx.of(caller).update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None))
    await tx.execute(mine.values(revoked_at=now))


async def touch(tx: Tx, key_id: str, now: int) -> None:
    await tx.execute(update(keys).where(keys.c.id == key_id).values(last_used_at=now))
