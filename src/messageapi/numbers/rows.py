"""Private writes of the numbers room, and the reads across accounts that observers need."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Select, bindparam, func, insert, or_, select, text, update
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import IntegrityError

from messageapi.errors import Problem
from messageapi.numbers.backlog import Backlog
from messageapi.numbers.number import Credentials, Number, Placement
from messageapi.numbers.states import State
from messageapi.store.db import Tx
from messageapi.store.portions import portions
from messageapi.store.tables import messages, numbers, placements

# Statuses are written out and the index's own condition is repeated: SQLite would not use it otherwise.
_BACKLOGS = (
    select(messages.c.number_id, func.count().label("length"), func.min(messages.c.seq).label("first"))
    .where(
        messages.c.number_id.in_(bindparam("some", expanding=True)),
        text("status = 'accepted' AND status IN ('accepted', 'sending')"),
    )
    .group_by(messages.c.number_id)
)
_HEARD_AT: BindParameter[int] = bindparam("heard_at", type_=BigInteger)
_NOTE_EVIDENCE = (
    update(numbers)
    .where(numbers.c.id == bindparam("number"), or_(numbers.c.evidence_at.is_(None), numbers.c.evidence_at < _HEARD_AT))
    .values(evidence_at=_HEARD_AT)
)
_SINCE = select(messages.c.seq, func.coalesce(messages.c.send_at, messages.c.accepted_at).label("since")).where(
    messages.c.seq.in_(bindparam("some", expanding=True))
)


# --- numbers -------------------------------------------------------------------------------------------------------


def number_columns() -> list[Any]:
    return [numbers.c[field] for field in Number.__struct_fields__]


async def by_ids(tx: Tx, ids: Collection[str]) -> dict[str, Number]:
    """Whatever account they belong to: for what engine hosts report."""
    found: dict[str, Number] = {}
    for portion in portions(ids):
        for row in await tx.rows(select(*number_columns()).where(numbers.c.id.in_(portion))):
            found[row.id] = Number(*row)
    return found


async def add(tx: Tx, number: Number, folder: str, sealed_journal_key: bytes) -> None:
    """The number and its placement. Raise Problem name_taken."""
    secrets = {"session_folder": folder, "sealed_journal_key": sealed_journal_key}
    try:
        await tx.execute(insert(numbers), {**_columns_of(number), **secrets})
    except IntegrityError:
        raise name_taken(number.name) from None
    placement = {"number_id": number.id, "account_id": number.account_id, "wanted": False}
    await tx.execute(insert(placements), {**placement, "epoch": 0, "taken_seq": 0, "failures": 0})


def _columns_of(number: Number) -> dict[str, object]:
    return {field: getattr(number, field) for field in Number.__struct_fields__}


def name_taken(name: str) -> Problem:
    return Problem("name_taken", 409, f"You already have a number named {name}. Choose another name.")


async def change(tx: Tx, number_id: str, was: State, **values: object) -> bool:
    """Change a number that is still in this state; False when somebody was faster."""
    statement = update(numbers).where(numbers.c.id == number_id, numbers.c.state == was).values(**values)
    return (await tx.execute(statement)).rowcount == 1


async def rename(tx: Tx, number_id: str, name: str) -> None:
    try:
        await tx.execute(update(numbers).where(numbers.c.id == number_id).values(name=name))
    except IntegrityError:
        raise name_taken(name) from None


async def set_columns(tx: Tx, number_id: str, **values: object) -> None:
    """What its owner wishes of a number, whatever state it is in."""
    await tx.execute(update(numbers).where(numbers.c.id == number_id).values(**values))


async def make_default(tx: Tx, account_id: str, number_id: str) -> None:
    statement = update(numbers).where(numbers.c.account_id == account_id)
    await tx.execute(statement.values(is_default=numbers.c.id == number_id))


async def note_evidence(tx: Tx, heard: Mapping[str, int]) -> None:
    """When the last stanza of each of these numbers was seen; never moves backwards."""
    if heard:
        # in one order everywhere, so that two processes never wait for each other
        values = [{"number": number_id, "heard_at": at} for number_id, at in sorted(heard.items())]
        await tx.execute(_NOTE_EVIDENCE, values)


async def set_paused(tx: Tx, number_id: str, at: int | None) -> None:
    await tx.execute(update(numbers).where(numbers.c.id == number_id).values(paused_at=at))


async def backlogs(tx: Tx, ids: Collection[str]) -> dict[str, Backlog]:
    """Of those of these numbers that have one. The length is counted in the queue's index alone."""
    counted = [row for portion in portions(ids) for row in await tx.rows(_BACKLOGS, {"some": portion})]
    oldest: dict[int, int] = {}
    for portion in portions([row.first for row in counted]):
        oldest |= {row.seq: row.since for row in await tx.rows(_SINCE, {"some": portion})}
    return {row.number_id: Backlog(row.length, oldest.get(row.first)) for row in counted}


async def folder_of(tx: Tx, number_id: str) -> str:
    return str(await tx.scalar(select(numbers.c.session_folder).where(numbers.c.id == number_id)))


async def remove(tx: Tx, number_id: str) -> None:
    await tx.execute(delete_from(numbers).where(numbers.c.id == number_id))


async def remove_messages(tx: Tx, number_id: str, most: int) -> int:
    """How many went, `most` at most; with all that hangs on them."""
    some = select(messages.c.seq).where(messages.c.number_id == number_id).limit(most)
    return (await tx.execute(delete_from(messages).where(messages.c.seq.in_(some)))).rowcount


async def oldest_of(tx: Tx, account_id: str) -> str | None:
    mine = select(numbers.c.id).where(numbers.c.account_id == account_id)
    found = await tx.scalar(mine.order_by(numbers.c.created_at, numbers.c.id).limit(1))
    return None if found is None else str(found)


# --- placements ----------------------------------------------------------------------------------------------------


def placements_read() -> Select[Any]:
    return select(
        placements.c.number_id,
        placements.c.account_id,
        numbers.c.network,
        numbers.c.state,
        numbers.c.reason_code,
        placements.c.wanted,
        placements.c.host_id,
        placements.c.epoch,
        placements.c.failures,
        placements.c.retry_at,
        placements.c.placed_at,
    ).join_from(placements, numbers, placements.c.number_id == numbers.c.id)


async def placement_of(tx: Tx, number_id: str) -> Placement | None:
    row = await tx.row(placements_read().where(placements.c.number_id == number_id))
    return Placement(*row) if row else None


async def placements_of(tx: Tx, ids: Collection[str]) -> list[Placement]:
    found = placements_read()
    return [
        Placement(*row)
        for portion in portions(ids)
        for row in await tx.rows(found.where(placements.c.number_id.in_(portion)))
    ]


async def held_by(tx: Tx, host_id: str) -> list[Placement]:
    return [Placement(*row) for row in await tx.rows(placements_read().where(placements.c.host_id == host_id))]


async def place(tx: Tx, number_id: str, at_epoch: int, /, **values: object) -> bool:
    """Change a placement of exactly this epoch; False when somebody was faster."""
    guard = placements.c.number_id == number_id, placements.c.epoch == at_epoch
    return (await tx.execute(update(placements).where(*guard).values(**values))).rowcount == 1


async def unwant(tx: Tx, number_id: str) -> None:
    await tx.execute(update(placements).where(placements.c.number_id == number_id).values(wanted=False))


async def want(tx: Tx, number_id: str) -> None:
    """Hold this number again, under a new epoch, at once; whoever still holds it is told to close first."""
    fresh = {"wanted": True, "host_id": None, "epoch": placements.c.epoch + 1, "failures": 0, "retry_at": None}
    await tx.execute(update(placements).where(placements.c.number_id == number_id).values(**fresh))


async def renew(tx: Tx, number_id: str, folder: str, **placement: object) -> int:
    """A new session folder, whose journal counts from 1; the new epoch fences off whoever held the number."""
    await tx.execute(update(numbers).where(numbers.c.id == number_id).values(session_folder=folder))
    fresh = {"wanted": False, "taken_seq": 0, "failures": 0, "retry_at": None, "placed_at": None, **placement}
    await tx.execute(
        update(placements).where(placements.c.number_id == number_id).values(epoch=placements.c.epoch + 1, **fresh)
    )
    return int(await tx.scalar(select(placements.c.epoch).where(placements.c.number_id == number_id)))


async def credentials(tx: Tx, ids: Collection[str]) -> dict[str, Credentials]:
    columns = [numbers.c[field] for field in Credentials.__struct_fields__ if field not in {"number_id", "epoch"}]
    statement = select(numbers.c.id, *columns, placements.c.epoch).join_from(
        numbers, placements, placements.c.number_id == numbers.c.id
    )
    found: dict[str, Credentials] = {}
    for portion in portions(ids):
        for row in await tx.rows(statement.where(numbers.c.id.in_(portion))):
            found[row.id] = Credentials(*row)
    return found
