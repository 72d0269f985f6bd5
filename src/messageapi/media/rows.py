"""Rows of media and of the messages that need them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, select

from messageapi.store.tables import bodies, media, media_uses
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller

_USED = exists().where(media_uses.c.name == media.c.name)
_NEEDED = exists().where(media_uses.c.name == media.c.name, media_uses.c.message_id == bodies.c.message_id)
"""A message has its body for as long as it may still be sent: so no other room has to say when that is over, and none
can forget to.
"""
_OVER = (
    select(media.c.id)
    .where(
        (media.c.expires_at <= bindparam("now")) | (media.c.once & (media.c.created_at <= bindparam("since")) & _USED),
        ~_NEEDED,
    )
    .limit(bindparam("most"))
)
_LOCK = select(media.c.id).where(media.c.id.in_(bindparam("ids", expanding=True))).with_for_update(skip_locked=True)
_FORGET = delete(media).where(media.c.id.in_(bindparam("ids", expanding=True)), ~_NEEDED).returning(media.c.name)
_KNOWN = select(media.c.name).where(media.c.name.in_(bindparam("names", expanding=True)))


async def insert(tx: Tx, caller: Caller, values: dict[str, Any]) -> None:
    await tx.execute(tx.of(caller).insert(media, **values))


async def kept_bytes(tx: Tx, caller: Caller) -> int:
    return int(await tx.scalar(tx.of(caller).select(media, func.coalesce(func.sum(media.c.size), 0))))


async def needed(tx: Tx, caller: Caller, name: str) -> bool:
    """May a message still be sent with it?"""
    uses = tx.of(caller).select(media_uses, media_uses.c.name).where(media_uses.c.name == name)
    held = uses.where(media_uses.c.message_id == bodies.c.message_id)
    return await tx.row(held.limit(1)) is not None


async def hold(tx: Tx, caller: Caller, message_id: str, names: Sequence[str]) -> int:
    """How many of them were there to be held."""
    mine = tx.of(caller).select(media, media.c.name).where(media.c.name.in_(names))
    found = [row.name for row in await tx.rows(mine)]
    await tx.insert_many(
        media_uses, [tx.of(caller).row(media_uses, message_id=message_id, name=name) for name in found]
    )
    return len(found)


async def remove(tx: Tx, caller: Caller, media_id: str) -> None:
    await tx.execute(tx.of(caller).delete(media).where(media.c.id == media_id))


async def over(tx: Tx, now: int, since: int, most: int) -> list[str]:
    """Ids of files of all accounts that no message needs: their time is over, or they came for one, before `since`."""
    return [row.id for row in await tx.rows(_OVER, {"now": now, "since": since, "most": most})]


async def forget(tx: Tx, ids: Sequence[str]) -> list[str]:
    """Delete those that still are not needed; their blobs' names. What is being held this moment is left alone."""
    free = [row.id for row in await tx.rows(_LOCK, {"ids": ids})]
    return [row.name for row in await tx.rows(_FORGET, {"ids": free})] if free else []


async def known(tx: Tx, names: Sequence[str]) -> set[str]:
    """Which of these blobs somebody has a row for."""
    return {row.name for row in await tx.rows(_KNOWN, {"names": names})}
