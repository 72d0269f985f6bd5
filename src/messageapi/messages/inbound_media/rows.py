"""Bodies whose files are asked for, and files that wait to be fetched by themselves."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select

from messageapi.store.db import Tx
from messageapi.store.due import DueRows
from messageapi.store.tables import bodies, downloads, messages, numbers
from messageapi.vocab.caller import Caller

Values = dict[str, object]

_OWNER = select(messages.c.account_id).where(messages.c.id == bindparam("message"))
_FETCHING = select(numbers.c.id).where(
    numbers.c.id.in_(bindparam("some", expanding=True)), numbers.c.auto_download != "off"
)
_SETTING = select(numbers.c.auto_download).where(numbers.c.id == bindparam("number"))


class Body(NamedTuple):
    """As it lies there. One that has no end is of a message that is still to be sent."""

    number_id: str
    sealed: bytes
    expires_at: int | None


class Wanted(NamedTuple):
    """A file that is to be fetched without being asked for."""

    message_id: str
    account_id: str
    number_id: str
    size: int
    tries: int


waiting = DueRows(downloads, Wanted, Wanted._fields)


async def owner(tx: Tx, message_id: str) -> str | None:
    """Whose message it is: for links, which are opened without a key."""
    found: str | None = await tx.scalar(_OWNER, {"message": message_id})
    return found


async def kind(tx: Tx, caller: Caller, message_id: str) -> str | None:
    """The type of a message that came, empty for one sent from here, None when there is no such."""
    columns = tx.of(caller).select(messages, messages.c.type, messages.c.sender)
    row = await tx.row(columns.where(messages.c.id == message_id))
    return None if row is None else row.type if row.sender is not None else ""


async def body(tx: Tx, caller: Caller, message_id: str) -> Body | None:
    chosen = tx.of(caller).select(messages, messages.c.number_id, bodies.c.sealed, bodies.c.expires_at)
    row = await tx.row(chosen.where(messages.c.id == message_id, bodies.c.message_id == messages.c.id))
    return Body(*row) if row else None


async def replace_body(tx: Tx, caller: Caller, message_id: str, sealed: bytes) -> None:
    await tx.execute(tx.of(caller).update(bodies).where(bodies.c.message_id == message_id).values(sealed=sealed))


# --- fetched by themselves -----------------------------------------------------------------------------------------


async def fetching(tx: Tx, number_ids: Iterable[str]) -> set[str]:
    """Which of these numbers have files fetched."""
    return {row.id for row in await tx.rows(_FETCHING, {"some": list(number_ids)})}


async def want(tx: Tx, wanted: Sequence[Values]) -> None:
    await tx.insert_many(downloads, wanted)


async def setting(tx: Tx, number_id: str) -> str | None:
    found: str | None = await tx.scalar(_SETTING, {"number": number_id})
    return found
