"""Which received messages a caller means, at a number that is known to be the caller's."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, select

from messageapi.store.db import Tx
from messageapi.store.tables import messages


class Received(msgspec.Struct, frozen=True):
    """A message that can be marked as read, if it is `inbound`."""

    id: str
    wa_id: str | None
    chat: str
    sender: str | None
    direction: str
    phone: str | None
    lid: str | None


_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
_OF_NUMBER = select(
    messages.c.id,
    messages.c.wa_id,
    messages.c.chat,
    messages.c.sender,
    messages.c.direction,
    messages.c.peer_phone,
    messages.c.peer_lid,
).where(messages.c.number_id == bindparam("number"))

# Two statements: with OR, or with the account, SQLite would walk through all messages of the account.
_BY_NAME = (
    _OF_NUMBER.where(messages.c.wa_id.in_(_NAMES), messages.c.direction == "inbound"),
    _OF_NUMBER.where(messages.c.id.in_(_NAMES)),
)


async def named(tx: Tx, number_id: str, names: Sequence[str]) -> dict[str, Received]:
    """By WhatsApp's ids, or by ours."""
    found: dict[str, Received] = {}
    for statement in _BY_NAME:
        for row in await tx.rows(statement, {"number": number_id, "names": list(names)}):
            one = Received(*row)
            found |= {name: one for name in (one.wa_id, one.id) if name is not None and name in names}
    return found
