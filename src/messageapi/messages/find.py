"""Reading the account's messages. Every function takes the caller and sees nothing of anybody else."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, Select, bindparam, func, literal_column

from messageapi.contacts.canonical import canonical
from messageapi.contacts.lookup import known as known_people
from messageapi.contacts.written import addressed
from messageapi.messages import errors, rows
from messageapi.messages.accepting.draft import NAMED
from messageapi.messages.content.bodies import opened_body
from messageapi.messages.content.contents import Fields, named_in, said
from messageapi.messages.inbound_media.link import link_to
from messageapi.messages.queue import waiting
from messageapi.messages.schemas import Direction, Failure, Held, MessageView, Moment
from messageapi.messages.states import COLUMN, Status
from messageapi.numbers.states import REASONS
from messageapi.store.db import Tx
from messageapi.store.scope import prepared
from messageapi.store.tables import bodies, messages, numbers
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import iso
from messageapi.vocab.content import Letter, words
from messageapi.web.doors import Doors

HOUR = 3_600_000
AnyRow = Row[*tuple[Any, ...]]

_ONE = prepared(messages).where(messages.c.id == bindparam("message"))
_WORD = prepared(messages, messages.c.status, messages.c.error_detail, messages.c.number_id).where(
    messages.c.id == bindparam("message")
)
_TIMELINE = ("accepted", "sending", "sent", "unconfirmed", "delivered", "read", "played")
_ELSEWHERE = ("sent", "delivered", "read", "played")
_PLACE = {str(status): column for status, column in COLUMN.items()} | {"resent": "resent_at", "played": "played_at"}


class Wanted(msgspec.Struct, frozen=True):
    """Which messages a page shows. Times in milliseconds, of acceptance."""

    number: str | None = None
    chats: frozenset[str] | None = None
    """Addresses of one chat: a person has two."""
    status: Status | None = None
    type: str | None = None
    direction: Direction | None = None
    since: int | None = None
    until: int | None = None
    oldest_first: bool = False


class Word(msgspec.Struct, frozen=True):
    """The least that somebody who waits for a message wants to know."""

    id: str
    status: Status
    detail: str


class Known(msgspec.Struct, frozen=True):
    """A message of the account that another one is about. `text` only while its body is kept."""

    id: str
    number_id: str
    direction: Direction
    type: str
    chat: str
    phone: str | None
    lid: str | None
    sender: str | None
    status: Status
    wa_id: str | None
    sent_at: int | None
    text: str = ""


async def _prepared(tx: Tx, caller: Caller, statement: Select[Any], message_id: str) -> AnyRow | None:
    """A prepared statement knows the account; which numbers a key is for is looked at here."""
    row = await tx.row(statement, tx.of(caller).values(message=message_id))
    return row if row is not None and caller.reaches(row.number_id) else None


async def one(doors: Doors, caller: Caller, message_id: str) -> MessageView:
    """Raise Problem message_not_found, for another account's message as well."""

    async def work(tx: Tx) -> tuple[AnyRow | None, bytes | None]:
        row = await _prepared(tx, caller, _ONE, message_id)
        return row, await _sealed(tx, caller, row) if row else None

    row, sealed = await doors.db.read(work)
    if row is None:
        raise errors.message_not_found()
    if sealed is None:
        return _view(row, {})
    sealer = await doors.keyring.sealer(caller.account_id)
    letter = opened_body(sealer, message_id, sealed)
    people = await known_people(doors, caller.account_id, named_in(letter))
    return _view(row, said(letter, row.target_id, people, _link(doors, sealer, row, letter)))


async def word(doors: Doors, caller: Caller, message_id: str) -> Word:
    """What can be said of a message now. Raise Problem message_not_found."""
    row = await doors.db.read(lambda tx: _prepared(tx, caller, _WORD, message_id))
    if row is None:
        raise errors.message_not_found()
    return Word(message_id, row.status, row.error_detail or "")


async def known(doors: Doors, caller: Caller, name: str) -> Known | None:
    """By our id, or by WhatsApp's."""

    async def work(tx: Tx) -> tuple[AnyRow | None, bytes | None]:
        row = await _prepared(tx, caller, _ONE, name)
        if row is None:
            named = await rows.named(tx, caller, name)
            row = await _prepared(tx, caller, _ONE, named) if named else None
        return row, await _sealed(tx, caller, row) if row else None

    row, sealed = await doors.db.read(work)
    if row is None:
        return None
    text = _text(await doors.keyring.sealer(caller.account_id), row.id, sealed) if sealed else ""
    return Known(
        id=row.id,
        number_id=row.number_id,
        direction=row.direction,
        type=row.type,
        chat=row.chat,
        phone=row.peer_phone,
        lid=row.peer_lid,
        sender=row.sender,
        status=row.status,
        wa_id=row.wa_id or row.earlier_wa_id,
        sent_at=row.sent_at,
        text=text,
    )


async def status(tx: Tx, caller: Caller, message_id: str) -> Status:
    """Raise Problem message_not_found."""
    found: Status | None = await tx.scalar(
        tx.of(caller).select(messages, messages.c.status).where(messages.c.id == message_id)
    )
    if found is None:
        raise errors.message_not_found()
    return found


async def page(
    doors: Doors, caller: Caller, wanted: Wanted, *, after: int | None, limit: int
) -> list[tuple[str, MessageView]]:
    """Up to `limit` messages with their positions, beginning behind position `after`."""
    async with doors.db.reading() as tx:
        rows = await tx.rows(_listing(tx.of(caller).select(messages), wanted, after).limit(limit))
        sealer = await doors.keyring.sealer(caller.account_id)
        letters = await _letters(tx, caller, rows, sealer)
    people = await known_people(
        doors, caller.account_id, [each for letter in letters.values() for each in named_in(letter)]
    )
    shown = {
        row.id: said(letter, row.target_id, people, _link(doors, sealer, row, letter))
        for row in rows
        if (letter := letters.get(row.id)) is not None
    }
    return [(str(row.seq), _view(row, shown.get(row.id, {}))) for row in rows]


async def chats(doors: Doors, caller: Caller, text: str) -> frozenset[str]:
    """All addresses of whoever is written so, for `Wanted`. Raise Problem recipient_..."""
    given = await addressed(doors, caller, text)
    known = await canonical(doors, caller.account_id, given)
    return frozenset({given.jid, known.jid, *([known.lid] if known.lid else [])})


def _link(doors: Doors, sealer: Sealer, row: AnyRow, letter: Letter) -> str:
    ends = row.accepted_at + doors.settings.body_hours * HOUR
    return link_to(letter, doors.settings.base_url, sealer, (row.id, ends))


def _listing(chosen: Select[Any], wanted: Wanted, after: int | None) -> Select[Any]:
    c = messages.c
    equal = {
        "number_id": wanted.number,
        "status": wanted.status,
        "type": wanted.type,
        "direction": wanted.direction,
    }
    chosen = chosen.where(*(c[name] == value for name, value in equal.items() if value is not None))
    if wanted.chats is not None:
        chosen = chosen.where(c.chat.in_(sorted(wanted.chats)))
    if wanted.since is not None:
        chosen = chosen.where(c.accepted_at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(c.accepted_at < wanted.until)
    if after is not None:
        chosen = chosen.where(c.seq > after if wanted.oldest_first else c.seq < after)
    return chosen.order_by(c.seq if wanted.oldest_first else c.seq.desc())


async def _sealed(tx: Tx, caller: Caller, row: AnyRow) -> bytes | None:
    """Only what was not sent from here: that is for WhatsApp alone."""
    if row.sender is None:
        return None
    found: bytes | None = await tx.scalar(
        tx.of(caller).select(bodies, bodies.c.sealed).where(bodies.c.message_id == row.id)
    )
    return found


async def _letters(tx: Tx, caller: Caller, rows: Sequence[AnyRow], sealer: Sealer) -> dict[str, Letter]:
    theirs = [row.id for row in rows if row.sender is not None]
    if not theirs:
        return {}
    sealed = tx.of(caller).select(bodies, bodies.c.message_id, bodies.c.sealed)
    found = await tx.rows(sealed.where(bodies.c.message_id.in_(theirs)))
    return {row.message_id: opened_body(sealer, row.message_id, row.sealed) for row in found}


def _text(sealer: Sealer, message_id: str, sealed: bytes) -> str:
    return words(opened_body(sealer, message_id, sealed).content)


def _view(row: AnyRow, content: Fields) -> MessageView:
    """A row of messages as callers see it."""
    return MessageView(
        id=row.id,
        direction=row.direction,
        type=row.type,
        status=row.status,
        number=row.number_id,
        chat=row.chat,
        sender=row.sender,
        phone=row.peer_phone,
        lid=row.peer_lid,
        **content,
        wa_message_id=row.wa_id or row.earlier_wa_id,
        attempts=row.attempt,
        late=row.late,
        error=Failure(row.error_code, row.error_detail or "") if row.error_code else None,
        metadata=msgspec.json.decode(row.custom) if row.custom else None,
        target=row.target_id,
        priority=NAMED[row.priority],
        send_at=iso(row.send_at),
        expires_at=iso(row.expires_at),
        stuck=bool(row.stuck_at),
        stuck_since=iso(row.stuck_at or None),
        held=_held(row),
        edited_at=iso(row.edited_at),
        revoked_at=iso(row.revoked_at),
        created_at=iso(row.accepted_at) or "",
        timeline=_timeline(row),
    )


def _held(row: AnyRow) -> Held | None:
    """By WhatsApp's limit on the number."""
    if row.status != "accepted" or not row.new_contact or row.parked_until is None:
        return None
    return Held("new_contacts", REASONS["new_contacts"], iso(row.parked_until))


def _tried_twice(row: AnyRow) -> tuple[str, ...]:
    """Of `sending` and `unconfirmed` the last time alone is kept: they may be of the first attempt or the second."""
    first = [each for each in ("sending", "unconfirmed") if (getattr(row, _PLACE[each]) or 0) < row.resent_at]
    second = [each for each in ("sending", "unconfirmed") if each not in first]
    return ("accepted", *first, "resent", *second, "sent", "delivered", "read", "played")


def _timeline(row: AnyRow) -> list[Moment]:
    if row.direction == "inbound":
        reached = [("sent", row.sent_at), ("received", row.accepted_at)]
    else:
        order = _ELSEWHERE if row.sender is not None else _TIMELINE if row.resent_at is None else _tried_twice(row)
        reached = [(each, getattr(row, _PLACE[each])) for each in order]
        if row.ended_at is not None:
            reached.append((row.status, row.ended_at))
    return [Moment(name, iso(at) or "") for name, at in reached if at is not None]


async def how_many_wait(tx: Tx, caller: Caller) -> int:
    """Messages that were not handed over yet, those of a later time too."""
    mine = [row.id for row in await tx.rows(tx.of(caller).select(numbers, numbers.c.id))]
    later = tx.of(caller).select(messages, func.count()).where(messages.c.status == literal_column("'scheduled'"))
    return sum((await waiting.how_many_wait(tx, mine)).values()) + int(await tx.scalar(later))
