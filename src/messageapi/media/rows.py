"""Rows of media and of the messages that need them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, select, update

from messageapi.store.tables import media, media_uses
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller

_NEEDED = exists().where(media_uses.c.name == media.c.name)
_USE = select(media_uses.c.name).where(media_uses.c.message_id.in_(bindparam("ids", expanding=True)))
_RELEASE = delete(media_uses).where(media_uses.c.message_id.in_(bindparam("ids", expanding=True)))
_END = (
    update(media)
    .where(media.c.name.in_(bindparam("names", expanding=True)), media.c.once, media.c.expires_at > bindparam("at"))
    .values(expires_at=bindparam("at"))
)
_KNOWN = select(media.c.name).where(media.c.name.in_(bindparam("names", expanding=True)))


async def insert(tx: Tx, caller: Caller, values: dict[str, Any]) -> None:
    await tx.execute(tx.of(caller).insert(media, **values))


async def kept_bytes(tx: Tx, caller: Caller) -> int:
    return int(await tx.scalar(tx.of(caller).select(media, func.coalesce(func.sum(media.c.size), 0))))


async def needed(tx: Tx, caller: Caller, name: str) -> bool:
    """Does a message still need it?"""
    uses = tx.of(caller).select(media_uses, media_uses.c.name).where(media_uses.c.name == name).limit(1)
    return await tx.row(uses) is not None


async def hold(tx: Tx, caller: Caller, message_id: str, names: Sequence[str]) -> int:
    """How many of them were there to be held."""
    mine = tx.of(caller).select(media, media.c.name).where(media.c.name.in_(names))
    found = [row.name for row in await tx.rows(mine)]
    await tx.insert_many(
        media_uses, [tx.of(caller).row(media_uses, message_id=message_id, name=name) for name in found]
    )
    return len(found)


async def release(tx: Tx, message_ids: Sequence[str], expires_at: int) -> None:
    """Nobody asks here whose they are: the messages that end say so."""
    names = [row.name for row in await tx.rows(_USE, {"ids": message_ids})]
    if names:
        await tx.execute(_RELEASE, {"ids": message_ids})
        await tx.execute(_END, {"names": names, "at": expires_at})


async def remove(tx: Tx, caller: Caller, media_id: str) -> None:
    await tx.execute(tx.of(caller).delete(media).where(media.c.id == media_id))


async def expire(tx: Tx, now: int, limit: int) -> list[str]:
    """Forget up to `limit` files of all accounts whose time is over and that no message needs; their blobs' names."""
    over = select(media.c.id, media.c.name).where(media.c.expires_at <= now, ~_NEEDED).limit(limit)
    old = await tx.rows(over)
    if old:
        await tx.execute(delete(media).where(media.c.id.in_([row.id for row in old])))
    return [row.name for row in old]


async def known(tx: Tx, names: Sequence[str]) -> set[str]:
    """Which of these blobs somebody has a row for."""
    return {row.name for row in await tx.rows(_KNOWN, {"names": names})}
