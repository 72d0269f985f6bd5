"""Writes to messages, bodies and early receipts, for a whole batch. Rows are locked first, then judged in Python.

On SQLite there is one writer and its dialect leaves the locks out; on PostgreSQL `FOR UPDATE` keeps batches apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import (
    Column,
    ColumnClause,
    ColumnElement,
    Select,
    bindparam,
    case,
    delete,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from messageapi.engines.port import Network
from messageapi.messages.following.row import TRACKED, Row
from messageapi.numbers.states import State
from messageapi.store.db import Tx
from messageapi.store.outbox import emit
from messageapi.store.portions import PORTION, padded, portions
from messageapi.store.tables import bodies, early_receipts, messages, numbers, outbox
from messageapi.vocab.caller import Caller

STRUCK_MS = 2_000
"""A message that failed by its own fault before waits for at least so long when it comes back: it must not hurry."""
MOST_PROBES = 2_000
"""Index look-ups of one statement, about a microsecond each."""

STUBS = frozenset({"undecryptable", "unknown"})
"""Types of which nothing is known but that they came."""

Values = dict[str, object]
WaKey = tuple[str, str]
"""Number and WhatsApp id: what a receipt names a message by."""
Columns = ReadOnlyColumnCollection[str, Column[Any]]
Queued = Literal["accepted", "sending"]

_TRACKED = tuple(messages.c[name] for name in TRACKED)

# Statements are made once: making one costs ten times as much as carrying it out.
_LOCK = (
    select(*_TRACKED)
    .where(messages.c.id.in_(bindparam("some", expanding=True)))
    .order_by(messages.c.seq)
    .with_for_update()
)

_LOCK_BY_WA = (
    select(*_TRACKED)
    .where(
        messages.c.number_id.in_(bindparam("numbers", expanding=True)),
        messages.c.wa_id.in_(bindparam("named", expanding=True)),
        messages.c.direction == "outbound",
    )
    .order_by(messages.c.seq)
    .with_for_update()
)

_LOCK_BY_EARLIER_WA = (
    select(*_TRACKED)
    .where(
        messages.c.number_id.in_(bindparam("numbers", expanding=True)),
        messages.c.earlier_wa_id.in_(bindparam("named", expanding=True)),
    )
    .order_by(messages.c.seq)
    .with_for_update()
)

# With the account beside the numbers SQLite would walk through all messages of the account.
_BY_WA = (
    select(messages.c.id)
    .where(
        messages.c.number_id.in_(select(numbers.c.id).where(numbers.c.account_id == bindparam("account"))),
        messages.c.wa_id == bindparam("named"),
    )
    .limit(1)
)

_EARLY = select(early_receipts.c.number_id, early_receipts.c.wa_id, early_receipts.c.kind, early_receipts.c.at).where(
    early_receipts.c.number_id.in_(bindparam("numbers", expanding=True)),
    early_receipts.c.wa_id.in_(bindparam("named", expanding=True)),
)

_SAVE = (
    update(messages)
    .where(messages.c.seq == bindparam("row_seq"), messages.c.status == bindparam("was"))
    .values({name: bindparam(f"new_{name}") for name in Row.CHANGES})
)

_PARK = (
    update(messages)
    .where(messages.c.seq == bindparam("row_seq"), messages.c.status == "accepted")
    .values(strikes=bindparam("so_far"), parked_until=bindparam("until"))
)

_other = messages.alias()
_TARGET = select(_other.c.target_id).where(_other.c.seq == bindparam("row_seq")).scalar_subquery()
_CHANGED = {
    "edit": update(messages).where(messages.c.id == _TARGET).values(edited_at=bindparam("at")),
    "revoke": update(messages).where(messages.c.id == _TARGET).values(revoked_at=bindparam("at")),
}
_DROP_REVOKED = delete(bodies).where(bodies.c.message_id == _TARGET)

_DROP_BODY = delete(bodies).where(bodies.c.message_id == bindparam("gone"))

_EXPIRE_BODY = update(bodies).where(bodies.c.message_id == bindparam("kept")).values(expires_at=bindparam("until"))

_DROP_EARLY = delete(early_receipts).where(
    early_receipts.c.number_id == bindparam("number"), early_receipts.c.wa_id == bindparam("wa")
)

_RELEASE = (
    update(messages)
    .where(
        messages.c.id == bindparam("message"),
        messages.c.attempt == bindparam("tried"),
        messages.c.status == "sending",
    )
    .values(
        status="accepted",
        stuck_at=None,
        parked_until=case((messages.c.strikes > 0, messages.c.sending_at + STRUCK_MS)),
    )
)


_SENDERS = select(
    numbers.c.id,
    numbers.c.account_id,
    numbers.c.phone,
    numbers.c.state,
    numbers.c.reason,
    numbers.c.is_default,
    numbers.c.network,
    numbers.c.paced,
).where(numbers.c.account_id.in_(bindparam("some", expanding=True)))


class Sender(msgspec.Struct, frozen=True):
    """A number as far as sending from it is concerned."""

    id: str
    account_id: str
    phone: str | None
    state: State
    reason: str | None
    is_default: bool
    network: Network
    paced: bool | None


async def senders(tx: Tx, account_ids: Iterable[str]) -> list[Sender]:
    """All numbers of these accounts."""
    return [Sender(*row) for some in portions(account_ids) for row in await tx.rows(_SENDERS, {"some": some})]


async def accept(tx: Tx, message: Sequence[Values], body: Sequence[Values], event: Sequence[Values]) -> None:
    """Store new messages with their bodies and events."""
    await tx.insert_many(messages, message)
    await tx.insert_many(bodies, body)
    await emit(tx, event)


async def announce(tx: Tx, events: Sequence[Values]) -> None:
    await emit(tx, events)


# --- following a message -------------------------------------------------------------------------------------------


async def lock(tx: Tx, ids: Iterable[str]) -> list[Row]:
    """The messages with these ids."""
    return [Row(*row) for some in portions(ids) for row in await tx.rows(_LOCK, {"some": some})]


async def lock_by_wa(tx: Tx, keys: Iterable[WaKey]) -> list[Row]:
    """The outbound messages a number sent under these WhatsApp ids; by chance another number's with the same id too."""
    return await _locked_by(tx, _LOCK_BY_WA, keys)


async def lock_by_earlier_wa(tx: Tx, keys: Iterable[WaKey]) -> list[Row]:
    """Those that were sent again since they had these WhatsApp ids."""
    return await _locked_by(tx, _LOCK_BY_EARLIER_WA, keys)


async def _locked_by(tx: Tx, statement: Select[Any], keys: Iterable[WaKey]) -> list[Row]:
    found: list[Row] = []
    for numbers_, wa_ids in crossed(keys):
        found += [Row(*row) for row in await tx.rows(statement, {"numbers": numbers_, "named": wa_ids})]
    return found


async def named(tx: Tx, caller: Caller, wa_id: str) -> str | None:
    """The id of the account's message that WhatsApp knows by this id."""
    found: str | None = await tx.scalar(_BY_WA, {"account": caller.account_id, "named": wa_id})
    return found


async def lock_waiting(
    tx: Tx, number_id: str, status: Queued, limit: int, tried_before: int | None = None
) -> list[Row]:
    """A number's messages in one status, the oldest first; with `tried_before` those whose last attempt is older."""
    chosen = select(*_TRACKED).where(messages.c.number_id == number_id, *queued(messages.c, status))
    if tried_before is not None:
        chosen = chosen.where(messages.c.sending_at < tried_before)
    rows = await tx.rows(chosen.order_by(messages.c.seq).limit(limit).with_for_update())
    return [Row(*row) for row in rows]


async def save(tx: Tx, rows: Sequence[Row]) -> None:
    """Write what changed; the row must still have the status it was locked with."""
    await tx.change_many(_SAVE, [_changes(row) for row in rows])


async def park(tx: Tx, rows: Sequence[Row]) -> None:
    """Those that failed by their own fault, until they are tried again."""
    if rows:
        await tx.execute(_PARK, [{"row_seq": row.seq, "so_far": row.strikes, "until": row.parked} for row in rows])


def _changes(row: Row) -> Values:
    values: Values = {f"new_{name}": getattr(row, name) for name in Row.CHANGES}
    values["row_seq"] = row.seq
    values["was"] = row.was
    return values


async def change_targets(tx: Tx, rows: Sequence[Row]) -> None:
    """Our edits and revokes that WhatsApp has just taken: when the messages they are about were changed."""
    for kind, statement in _CHANGED.items():
        taken = [{"row_seq": row.seq, "at": row.sent_at} for row in rows if row.type == kind]
        if taken:
            await tx.execute(statement, taken)
        if taken and kind == "revoke":
            await tx.execute(_DROP_REVOKED, [{"row_seq": each["row_seq"]} for each in taken])


async def drop_bodies(tx: Tx, message_ids: Sequence[str]) -> None:
    await tx.change_many(_DROP_BODY, [{"gone": each} for each in message_ids])


async def expire_bodies(tx: Tx, message_ids: Sequence[str], until: int | None) -> None:
    await tx.change_many(_EXPIRE_BODY, [{"kept": each, "until": until} for each in message_ids])


async def release(tx: Tx, jobs: Sequence[tuple[str, int]]) -> None:
    """Put messages that certainly were not handed over back into the queue, in their old places."""
    if jobs:
        await tx.execute(_RELEASE, [{"message": message, "tried": attempt} for message, attempt in jobs])


# --- receipts that came first --------------------------------------------------------------------------------------


async def early(tx: Tx, keys: Iterable[WaKey]) -> list[tuple[str, str, str, int]]:
    """(number, WhatsApp id, kind, at) of receipts kept for these messages."""
    found: list[tuple[str, str, str, int]] = []
    for numbers_, wa_ids in crossed(keys):
        kept = await tx.rows(_EARLY, {"numbers": numbers_, "named": wa_ids})
        found += [(row.number_id, row.wa_id, row.kind, row.at) for row in kept]
    return found


async def keep_early(tx: Tx, receipts: Sequence[Values]) -> None:
    if receipts:
        await tx.execute(_insert(tx)(early_receipts).on_conflict_do_nothing(), list(receipts))


async def drop_early(tx: Tx, keys: Sequence[tuple[str, str]]) -> None:
    await tx.change_many(_DROP_EARLY, [{"number": number, "wa": wa} for number, wa in keys])


# --- receiving -----------------------------------------------------------------------------------------------------


async def receive(tx: Tx, received: Sequence[Values]) -> set[str]:
    """Insert messages that others wrote, or the owner elsewhere; the ids of those that were not known."""
    if not received:
        return set()
    statement = _insert(tx)(messages).on_conflict_do_nothing().returning(messages.c.id)
    return {row.id for row in (await tx.execute(statement, list(received))).all()}


async def fill(tx: Tx, values: Values) -> str | None:
    """Replace a stub, of which only that it came was known, by the real message; its id, None without a stub. One that
    was taken back meanwhile stays one.
    """
    c = messages.c
    key = [c[name] == values[name] for name in ("number_id", "chat", "sender", "wa_id")]
    key += [c.type.in_(STUBS - {str(values["type"])}), c.revoked_at.is_(None)]
    filled = {name: values[name] for name in ("type", "peer_phone", "peer_lid", "sent_at", "late")}
    statement = update(messages).where(c.direction == "inbound", *key).values(**filled).returning(c.id)
    row = (await tx.execute(statement)).first()
    return None if row is None else str(row.id)


async def store_bodies(tx: Tx, sealed: Sequence[Values]) -> None:
    await tx.insert_many(bodies, sealed)


# --- expiry --------------------------------------------------------------------------------------------------------


async def expire(tx: Tx, now: int, stale: int, limit: int) -> int:
    """Delete up to `limit` expired bodies and events each, and receipts stored before `stale`; how many went."""
    old_bodies = select(bodies.c.message_id).where(bodies.c.expires_at <= now).limit(limit)
    old_events = select(outbox.c.seq).where(outbox.c.expires_at <= now).limit(limit)
    key = (early_receipts.c.number_id, early_receipts.c.wa_id, early_receipts.c.kind)
    old_receipts = select(*key).where(early_receipts.c.stored_at <= stale).limit(limit)
    gone = 0
    for statement in (
        delete(bodies).where(bodies.c.message_id.in_(old_bodies)),
        delete(outbox).where(outbox.c.seq.in_(old_events)),
        delete(early_receipts).where(tuple_(*key).in_(old_receipts)),
    ):
        gone += (await tx.execute(statement)).rowcount
    return gone


def _insert(tx: Tx) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The databases share ON CONFLICT; SQLAlchemy keeps it in their dialects."""
    return sqlite.Insert if tx.dialect == "sqlite" else postgresql.Insert


def queued(columns: Columns, status: Queued) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions under which a database uses the queue's partial index.

    The values are written out, not bound, and the index's own condition is repeated: SQLite proves no more than that.
    """
    statuses: dict[str, ColumnClause[Any]] = {name: literal_column(f"'{name}'") for name in ("accepted", "sending")}
    return columns["status"] == statuses[status], columns["status"].in_(list(statuses.values()))


def crossed(keys: Iterable[WaKey]) -> Iterable[tuple[list[str], list[str]]]:
    """Numbers and WhatsApp ids for `number IN .. AND wa_id IN ..`.

    SQLite scans the whole table for `(number, wa_id) IN ..`, so pairs are crossed, in groups that stay cheap.
    """
    by_number: dict[str, list[str]] = defaultdict(list)
    for number_id, wa_id in keys:
        by_number[number_id].append(wa_id)
    group: list[str] = []
    ids: list[str] = []
    for number_id, wa_ids in by_number.items():
        for at in range(0, len(wa_ids), PORTION):
            some = wa_ids[at : at + PORTION]
            if group and (len(group) + 1) * (len(ids) + len(some)) > MOST_PROBES:
                yield padded(group), padded(ids)
                group, ids = [], []
            group.append(number_id)
            ids.extend(some)
    if group:
        yield padded(group), padded(ids)
