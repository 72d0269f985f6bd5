"""Rows of the keys table that are reached by secret or written; what a caller may list is in find.py."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import or_, select, update

from messageapi.keys.reach import networks_of, read_list
from messageapi.outside.addresses import Network
from messageapi.store.tables import keys, numbers
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
    numbers: frozenset[str] | None
    networks: tuple[Network, ...] | None
    test: bool


async def by_lookup(tx: Tx, lookup: str) -> KnownKey | None:
    """The only read that comes before there is an account: the key says which one it is."""
    row = await tx.row(select(*(keys.c[name] for name in KnownKey.__struct_fields__)).where(keys.c.lookup == lookup))
    if row is None:
        return None
    reach = read_list(row.numbers)
    numbers = frozenset(reach) if reach is not None else None
    if row.test:
        numbers = await _sandbox(tx, row.account_id, numbers)
    return KnownKey(
        id=row.id,
        account_id=row.account_id,
        hash=row.hash,
        scopes=frozenset(row.scopes.split()),
        in_link=row.in_link,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        numbers=numbers,
        networks=networks_of(row.networks),
        test=row.test,
    )


async def _sandbox(tx: Tx, account_id: str, among: frozenset[str] | None) -> frozenset[str]:
    """What a test key reaches now."""
    found = select(numbers.c.id).where(numbers.c.account_id == account_id, numbers.c.network == "sandbox")
    ids = frozenset(str(row[0]) for row in await tx.rows(found))
    return ids if among is None else ids & among


async def unknown_numbers(tx: Tx, caller: Caller, ids: Iterable[str]) -> list[str]:
    """Those that the account does not have."""
    wanted = set(ids)
    found = tx.of(caller).select(numbers, numbers.c.id).where(numbers.c.id.in_(wanted))
    return sorted(wanted - {str(row[0]) for row in await tx.rows(found)})


async def end(tx: Tx, caller: Caller, key_id: str, at: int) -> None:
    await tx.execute(tx.of(caller).update(keys).where(keys.c.id == key_id).values(expires_at=at))


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
