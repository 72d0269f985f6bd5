"""Bodies whose files are asked for, and files that wait to be fetched by themselves."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Integer, bindparam, delete, select, update

from messageapi.store.db import Tx
from messageapi.store.tables import bodies, downloads, messages, numbers
from messageapi.vocab.caller import Caller

Values = dict[str, object]

_OWNER = select(messages.c.account_id).where(messages.c.id == bindparam("message"))
_FETCHING = select(numbers.c.id).where(
    numbers.c.id.in_(bindparam("some", expanding=True)), numbers.c.auto_download != "off"
)
_CLAIM = (
    update(downloads)
    .where(
        downloads.c.message_id.in_(
            select(downloads.c.message_id)
            .where(downloads.c.due_at <= bindparam("now", type_=BigInteger))
            .order_by(downloads.c.due_at)
            .limit(bindparam("most", type_=Integer))
            .with_for_update(skip_locked=True)
        )
    )
    .values(due_at=bindparam("until", type_=BigInteger), tries=downloads.c.tries + 1)
    .returning(
        downloads.c.message_id, downloads.c.account_id, downloads.c.number_id, downloads.c.size, downloads.c.tries
    )
)
_SETTING = select(numbers.c.auto_download).where(numbers.c.id == bindparam("number"))
_DONE = delete(downloads).where(downloads.c.message_id == bindparam("message"))
_LATER = (
    update(downloads)
    .where(downloads.c.message_id == bindparam("message"))
    .values(due_at=bindparam("at"), tries=bindparam("so_far"))
)
_DUE = select(downloads.c.message_id).where(downloads.c.due_at <= bindparam("now", type_=BigInteger)).limit(1)


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


async def due(tx: Tx, now: int) -> bool:
    """Asked first: nobody writes to find that there is nothing."""
    return await tx.row(_DUE, {"now": now}) is not None


async def claim(tx: Tx, now: int, until: int, most: int) -> list[Wanted]:
    """What is due, held until then: should this process end, somebody tries it again."""
    return [Wanted(*row) for row in (await tx.execute(_CLAIM, {"now": now, "until": until, "most": most})).all()]


async def setting(tx: Tx, number_id: str) -> str | None:
    found: str | None = await tx.scalar(_SETTING, {"number": number_id})
    return found


async def done(tx: Tx, message_id: str) -> None:
    await tx.execute(_DONE, {"message": message_id})


async def later(tx: Tx, message_id: str, at: int, tries: int) -> None:
    await tx.execute(_LATER, {"message": message_id, "at": at, "so_far": tries})
