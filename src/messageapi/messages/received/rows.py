"""Reads and writes for what came: messages it names, their bodies, our own addresses. Across accounts, in batches."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, select, update

from messageapi.messages.received.about import Known
from messageapi.messages.rows import WaKey, crossed
from messageapi.store.db import Tx
from messageapi.store.portions import portions
from messageapi.store.tables import bodies, messages, numbers

_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_NAMED: BindParameter[Any] = bindparam("named", expanding=True)
_SOME: BindParameter[Any] = bindparam("some", expanding=True)

# Statements are made once: making one costs ten times as much as carrying it out.
_KNOWN = select(
    *(
        messages.c[{"phone": "peer_phone", "lid": "peer_lid"}.get(name, name)].label(name)
        for name in Known.__struct_fields__
    )
).where(messages.c.number_id.in_(_NUMBERS))
_BY_WA = _KNOWN.where(messages.c.wa_id.in_(_NAMED))
_BY_EARLIER_WA = _KNOWN.where(messages.c.earlier_wa_id.in_(_NAMED))
_SEALED = select(bodies.c.message_id, bodies.c.sealed).where(bodies.c.message_id.in_(_SOME))
_OURS = select(numbers.c.id, numbers.c.jid, numbers.c.lid, numbers.c.own_messages).where(numbers.c.id.in_(_SOME))
_POINT = update(messages).where(messages.c.id == bindparam("message")).values(target_id=bindparam("target"))
_EDITED = update(messages).where(messages.c.id == bindparam("message")).values(edited_at=bindparam("at"))
_REVOKED = update(messages).where(messages.c.id == bindparam("message")).values(revoked_at=bindparam("at"))
_RESEAL = update(bodies).where(bodies.c.message_id == bindparam("message")).values(sealed=bindparam("anew"))
_DROP = delete(bodies).where(bodies.c.message_id == bindparam("message"))


class Ours(msgspec.Struct, frozen=True):
    """A number of ours: its own addresses, and whether its owner's own messages are told."""

    id: str
    jid: str | None
    lid: str | None
    own_messages: bool


async def known(tx: Tx, keys: Iterable[WaKey]) -> dict[WaKey, list[Known]]:
    """The messages of these numbers that have, or had, these WhatsApp ids."""
    found: dict[WaKey, list[Known]] = {}
    for numbers_, wa_ids in crossed(keys):
        named = {"numbers": numbers_, "named": wa_ids}
        for row in [*await tx.rows(_BY_WA, named), *await tx.rows(_BY_EARLIER_WA, named)]:
            _file(found, Known(*row))
    return found


def _file(found: dict[WaKey, list[Known]], message: Known) -> None:
    for wa_id in (message.wa_id, message.earlier_wa_id):
        if wa_id:
            found.setdefault((message.number_id, wa_id), []).append(message)


async def sealed(tx: Tx, message_ids: Collection[str]) -> dict[str, bytes]:
    """Bodies that are still there."""
    found: dict[str, bytes] = {}
    for some in portions(message_ids):
        found |= {row.message_id: row.sealed for row in await tx.rows(_SEALED, {"some": some})}
    return found


async def ours(tx: Tx, number_ids: Collection[str]) -> dict[str, Ours]:
    found = [Ours(*row) for some in portions(number_ids) for row in await tx.rows(_OURS, {"some": some})]
    return {each.id: each for each in found}


async def point(tx: Tx, targets: Mapping[str, str]) -> None:
    """Which message each is about."""
    if targets:
        await tx.execute(_POINT, [{"message": message, "target": target} for message, target in targets.items()])


async def edited(tx: Tx, at: Mapping[str, int], anew: Mapping[str, bytes]) -> None:
    """When each got its new text, and the bodies with it."""
    if at:
        await tx.execute(_EDITED, [{"message": message, "at": moment} for message, moment in at.items()])
    if anew:
        await tx.execute(_RESEAL, [{"message": message, "anew": blob} for message, blob in anew.items()])


async def revoked(tx: Tx, at: Mapping[str, int]) -> None:
    """What was taken back is not kept."""
    if at:
        await tx.execute(_REVOKED, [{"message": message, "at": moment} for message, moment in at.items()])
        await tx.execute(_DROP, [{"message": message} for message in at])
