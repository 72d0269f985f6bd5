"""Statements of relay, claim and settle, for many endpoints at once. Across accounts: nothing here reaches a caller.

What is ready or waiting is written out, not bound: SQLite proves no more than that when it chooses a partial index.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.store.db import Tx
from messageapi.store.tables import attempts, deliveries, outbox, relays, webhooks
from messageapi.webhooks.endpoint import Endpoint

Values = dict[str, object]
Key = tuple[str, str]
"""Endpoint and event."""
RELAY = "webhooks"

# Statements are made once: making one costs ten times as much as carrying it out.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_ENDPOINT = [webhooks.c[name] for name in Endpoint.__struct_fields__]


def _is(state: str, columns: Any = deliveries.c) -> ColumnElement[bool]:
    written: ColumnElement[bool] = columns["state"] == literal_column(f"'{state}'")
    return written


# --- relay ---------------------------------------------------------------------------------------------------------


class Mark(NamedTuple):
    """How far the relay has come; see the table."""

    low: int
    high: int
    checked: int
    horizon: int


class Event(NamedTuple):
    """An event as far as it matters where it goes."""

    seq: int
    id: str
    account_id: str
    number_id: str | None
    chat: str | None
    type: str
    created_at: int
    expires_at: int


_MARK = select(*(relays.c[name] for name in Mark._fields)).where(relays.c.name == RELAY).with_for_update()
_MOVE = update(relays).where(relays.c.name == RELAY).values({name: bindparam(f"new_{name}") for name in Mark._fields})
_BEGIN = {
    name: dialect.insert(relays).values(name=RELAY, **Mark(0, 0, 0, 0)._asdict()).on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_listens = webhooks.c.state != "disabled"
_FLOOR = select(func.min(webhooks.c.after_seq)).where(_listens)
_LISTENERS = select(webhooks.c.account_id).where(_listens).distinct()
_EVENTS = (
    select(*(outbox.c[name] for name in Event._fields))
    .where(
        outbox.c.seq > bindparam("after"),
        outbox.c.seq <= bindparam("until"),
        # asked row by row, or the walk would not be along `seq`
        exists().where(webhooks.c.account_id == outbox.c.account_id, _listens),
    )
    .order_by(outbox.c.seq)
    .limit(bindparam("most"))
)
_OF_ACCOUNTS = (
    select(*_ENDPOINT).where(webhooks.c.account_id.in_(_SOME), _listens).order_by(webhooks.c.id).with_for_update()
)
_KNOWN = select(deliveries.c.webhook_id, deliveries.c.event_id).where(
    deliveries.c.webhook_id.in_(_SOME), deliveries.c.event_id.in_(bindparam("events", expanding=True))
)
_BUSY = select(deliveries.c.webhook_id, deliveries.c.line).where(
    deliveries.c.webhook_id.in_(_SOME), deliveries.c.line.in_(bindparam("lines", expanding=True)), _is("ready")
)
_TOP = select(func.max(outbox.c.seq))
_SETTLED = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= :horizon")
_HORIZON = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


async def mark(tx: Tx) -> Mark:
    """Nobody else relays until this transaction ends."""
    row = await tx.row(_MARK)
    while row is None:  # somebody else may be as new as we are
        await tx.execute(_BEGIN[tx.dialect])
        row = await tx.row(_MARK)
    return Mark(*row)


async def move(tx: Tx, to: Mark) -> None:
    await tx.execute(_MOVE, {f"new_{name}": value for name, value in to._asdict().items()})


async def floor(tx: Tx) -> int | None:
    """No endpoint wants an event up to this one; None when nobody listens."""
    found: int | None = await tx.scalar(_FLOOR)
    return found


async def listeners(tx: Tx) -> frozenset[str]:
    """Accounts that have an endpoint."""
    return frozenset(row.account_id for row in await tx.rows(_LISTENERS))


async def top(tx: Tx) -> int:
    return int(await tx.scalar(_TOP) or 0)


async def events(tx: Tx, after: int, until: int, most: int) -> list[Event]:
    """In order; only of accounts that have an endpoint."""
    found = await tx.rows(_EVENTS, {"after": after, "until": until, "most": most})
    return [Event(*row) for row in found]


async def settled(tx: Tx, horizon: int) -> bool:
    """Everybody who wrote when `horizon` was noted has finished. SQLite has one writer: its events come in order."""
    return tx.dialect == "sqlite" or bool(await tx.scalar(_SETTLED, {"horizon": horizon}))


async def horizon(tx: Tx) -> int:
    return 0 if tx.dialect == "sqlite" else int(await tx.scalar(_HORIZON))


async def listening(tx: Tx, account_ids: Collection[str]) -> list[Endpoint]:
    """Locked: nothing of theirs is settled meanwhile."""
    return [Endpoint(*row) for row in await tx.rows(_OF_ACCOUNTS, {"some": sorted(account_ids)})]


async def known(tx: Tx, webhook_ids: Collection[str], event_ids: Collection[str]) -> set[Key]:
    found = await tx.rows(_KNOWN, {"some": sorted(webhook_ids), "events": sorted(event_ids)})
    return {(row.webhook_id, row.event_id) for row in found}


async def busy(tx: Tx, webhook_ids: Collection[str], lines: Collection[int]) -> set[tuple[str, int]]:
    """Lines in which something is ready, so that what comes has to wait."""
    found = await tx.rows(_BUSY, {"some": sorted(webhook_ids), "lines": sorted(lines)})
    return {(row.webhook_id, row.line) for row in found}


async def add(tx: Tx, rows: Sequence[Values]) -> None:
    await tx.insert_many(deliveries, rows)


# --- claim ---------------------------------------------------------------------------------------------------------


class Head(NamedTuple):
    """The first delivery of a line, with its event; `sealed` is None when that is gone."""

    event_id: str
    attempts: int
    due: int
    expires_at: int
    sealed: bytes | None


_HOLD = (
    update(webhooks)
    .where(
        webhooks.c.id == bindparam("which"),
        webhooks.c.state == "enabled",
        or_(
            webhooks.c.held_by.is_(None),
            webhooks.c.held_by == bindparam("me"),
            webhooks.c.held_until <= bindparam("now"),
        ),
    )
    .values(held_by=bindparam("me"), held_until=bindparam("until"))
)
_LET_GO = update(webhooks).where(webhooks.c.held_by == bindparam("me")).values(held_by=None, held_until=0)
_ONE = select(*_ENDPOINT).where(webhooks.c.id == bindparam("which"))
_HEADS = (
    select(
        deliveries.c.event_id,
        deliveries.c.attempts,
        deliveries.c.due,
        deliveries.c.expires_at,
        outbox.c.sealed,
    )
    .join_from(deliveries, outbox, outbox.c.seq == deliveries.c.event_seq, isouter=True)
    .where(deliveries.c.webhook_id == bindparam("which"), _is("ready"))
    .order_by(deliveries.c.due, deliveries.c.event_seq)
    .limit(bindparam("most"))
)
_WAITS = select(deliveries.c.event_id).where(deliveries.c.webhook_id == bindparam("which"), _is("waiting")).limit(1)
_DUE = select(webhooks.c.id).where(
    webhooks.c.state == "enabled",
    exists().where(deliveries.c.webhook_id == webhooks.c.id, _is("ready"), deliveries.c.due <= bindparam("now")),
)


async def hold(tx: Tx, webhook_id: str, me: str, now: int, until: int) -> bool:
    """False when another worker delivers to this endpoint, or nobody may."""
    values = {"which": webhook_id, "me": me, "now": now, "until": until}
    return (await tx.execute(_HOLD, values)).rowcount == 1


async def let_go(tx: Tx, me: str) -> None:
    await tx.execute(_LET_GO, {"me": me})


async def let_all_go(tx: Tx) -> None:
    await tx.execute(update(webhooks).where(webhooks.c.held_by.is_not(None)).values(held_by=None, held_until=0))


async def endpoint(tx: Tx, webhook_id: str) -> Endpoint | None:
    row = await tx.row(_ONE, {"which": webhook_id})
    return None if row is None else Endpoint(*row)


async def heads(tx: Tx, webhook_id: str, most: int) -> list[Head]:
    """The soonest first, whether due or not."""
    return [Head(*row) for row in await tx.rows(_HEADS, {"which": webhook_id, "most": most})]


async def waits(tx: Tx, webhook_id: str) -> bool:
    """Is there anything behind the heads?"""
    return await tx.row(_WAITS, {"which": webhook_id}) is not None


async def due(tx: Tx, now: int) -> list[str]:
    """Endpoints to which something can be delivered now."""
    return [row.id for row in await tx.rows(_DUE, {"now": now})]


# --- settle --------------------------------------------------------------------------------------------------------


class Tried(NamedTuple):
    """A delivery whose attempt is to be settled."""

    webhook_id: str
    event_id: str
    line: int
    attempts: int


_LOCK = select(*_ENDPOINT).where(webhooks.c.id.in_(_SOME)).order_by(webhooks.c.id).with_for_update()
_TRIED = select(*(deliveries.c[name] for name in Tried._fields)).where(
    deliveries.c.webhook_id.in_(_SOME),
    deliveries.c.event_id.in_(bindparam("events", expanding=True)),
    _is("ready"),
)
_this = (deliveries.c.webhook_id == bindparam("which"), deliveries.c.event_id == bindparam("event"))
_CHANGED = ("state", "attempts", "due", "status", "error", "ended_at")
_SAVE = update(deliveries).where(*_this).values({name: bindparam(f"new_{name}") for name in _CHANGED})
_other = deliveries.alias()
_in_line = (deliveries.c.webhook_id == bindparam("which"), deliveries.c.line == bindparam("in_line"))
_beside = (_other.c.webhook_id == bindparam("which"), _other.c.line == bindparam("in_line"))
_EXPIRE = (
    update(deliveries)
    .where(*_in_line, _is("waiting"), deliveries.c.expires_at <= bindparam("now"))
    .values(state="expired", ended_at=bindparam("now"))
)
_NEXT = (
    update(deliveries)
    .where(
        *_in_line,
        _is("waiting"),
        deliveries.c.event_seq
        == select(func.min(_other.c.event_seq)).where(*_beside, _is("waiting", _other.c)).scalar_subquery(),
        ~exists().where(*_beside, _is("ready", _other.c)),
    )
    .values(state="ready", due=bindparam("now"))
)
_FAILING = update(webhooks).where(webhooks.c.id == bindparam("which")).values(failing_since=bindparam("since"))
_DISABLE = (
    update(webhooks)
    .where(webhooks.c.id == bindparam("which"))
    .values(state="disabled", reason_code=bindparam("why"), state_since=bindparam("now"), held_by=None, held_until=0)
)
_HURRY = (
    update(deliveries)
    .where(deliveries.c.webhook_id == bindparam("which"), _is("ready"), deliveries.c.due > bindparam("now"))
    .values(due=bindparam("now"))
)


async def lock(tx: Tx, webhook_ids: Collection[str]) -> dict[str, Endpoint]:
    found = await tx.rows(_LOCK, {"some": sorted(webhook_ids)})
    return {row.id: Endpoint(*row) for row in found}


async def tried(tx: Tx, webhook_ids: Collection[str], event_ids: Collection[str]) -> dict[Key, Tried]:
    """Those that still wait to be settled."""
    found = await tx.rows(_TRIED, {"some": sorted(webhook_ids), "events": sorted(event_ids)})
    return {(row.webhook_id, row.event_id): Tried(*row) for row in found}


async def save(tx: Tx, changed: Sequence[tuple[Key, Values]]) -> None:
    """Each with all of state, attempts, due, status, error, ended_at."""
    if changed:
        named = [
            {"which": key[0], "event": key[1], **{f"new_{name}": values[name] for name in _CHANGED}}
            for key, values in changed
        ]
        await tx.execute(_SAVE, named)


async def note_attempts(tx: Tx, rows: Sequence[Values]) -> None:
    await tx.insert_many(attempts, rows)


async def go_on(tx: Tx, ended: Sequence[tuple[str, int]], now: int) -> None:
    """In these lines, whose first has ended: what has expired behind it ends as well, and the next is ready."""
    if ended:
        lines = [{"which": webhook_id, "in_line": line, "now": now} for webhook_id, line in ended]
        await tx.execute(_EXPIRE, lines)
        await tx.execute(_NEXT, lines)


async def note_failing(tx: Tx, webhook_id: str, since: int | None) -> None:
    await tx.execute(_FAILING, {"which": webhook_id, "since": since})


async def disable(tx: Tx, webhook_id: str, why: str, now: int) -> None:
    await tx.execute(_DISABLE, {"which": webhook_id, "why": why, "now": now})


async def hurry(tx: Tx, webhook_id: str, now: int) -> None:
    """Nothing has to wait for its time any more."""
    await tx.execute(_HURRY, {"which": webhook_id, "now": now})


# --- retention -----------------------------------------------------------------------------------------------------


async def expire(tx: Tx, ended_before: int, tried_before: int, limit: int) -> int:
    """Delete up to `limit` old deliveries and attempts each; how many went."""
    key = (deliveries.c.webhook_id, deliveries.c.event_id)
    old = select(*key).where(deliveries.c.expires_at <= ended_before).limit(limit)
    stale = select(attempts.c.seq).where(attempts.c.at <= tried_before).limit(limit)
    gone = (await tx.execute(delete(attempts).where(attempts.c.seq.in_(stale)))).rowcount
    return gone + (await tx.execute(delete(deliveries).where(tuple_(*key).in_(old)))).rowcount
