"""Reads and writes of the queue, for many numbers in one statement. Across accounts: nothing here reaches a caller."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    String,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

from messageapi.messages.queue.entry import Flying, Head, Standing, Taken, Waiting
from messageapi.messages.rows import Columns, Queued, queued
from messageapi.store.db import Tx
from messageapi.store.portions import padded, portions
from messageapi.store.tables import bodies, messages, numbers, placements
from messageapi.store.tables.messages import APART, FOLLOWS, KNOWN, PARKED_TURN
from messageapi.vocab.phone import Recipient

_PARKED: ColumnElement[int] = literal_column(str(PARKED_TURN))


def _turn(columns: Columns) -> ColumnElement[int]:
    """The order in which messages go, written as the index has it."""
    free = columns["seq"] - columns["priority"] * literal_column(str(APART))
    return case((columns["parked_until"].is_(None), free), else_=_PARKED)


def _is_parked(columns: Columns) -> ColumnElement[bool]:
    return columns["parked_until"].is_not(None) & (columns["status"] == literal_column("'accepted'"))


# Statements are made once: making one costs ten times as much as carrying it out.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)

# Without a bound on the chat SQLite would walk through all messages of the number.
_PARKS = (
    select(literal_column("1"))
    .where(messages.c.number_id == numbers.c.id, messages.c.chat > literal_column("''"), _is_parked(messages.c))
    .exists()
)

_STANDINGS = (
    select(
        numbers.c.id,
        numbers.c.account_id,
        numbers.c.network,
        numbers.c.state,
        numbers.c.state_since,
        placements.c.host_id,
        placements.c.epoch,
        placements.c.taken_seq,
        placements.c.journal_since,
        numbers.c.paced,
        numbers.c.shows_typing,
        numbers.c.limit_code,
        numbers.c.limited_until,
        numbers.c.paused_at.is_not(None),
        _PARKS,
        numbers.c.auto_read,
    )
    .join_from(placements, numbers, placements.c.number_id == numbers.c.id)
    .where(placements.c.number_id.in_(_SOME))
    .order_by(placements.c.number_id)
)
_STANDINGS_LOCKED = _STANDINGS.with_for_update(of=placements)

_FLYING = (
    select(
        messages.c.number_id,
        messages.c.seq,
        messages.c.id,
        messages.c.attempt,
        messages.c.sending_at,
        messages.c.chat,
        messages.c.priority,
    )
    .where(messages.c.number_id.in_(_SOME), *queued(messages.c, "sending"))
    .order_by(messages.c.number_id, messages.c.seq)
)

_other = messages.alias().c
_BEHIND = (
    select(_turn(_other))
    .where(_other["number_id"] == numbers.c.id, *queued(_other, "accepted"))
    .order_by(_turn(_other))
    .limit(1)
    .offset(bindparam("each", type_=Integer))
    .correlate(numbers)
    .scalar_subquery()
)
_WAITING = (
    select(
        messages.c.number_id,
        messages.c.seq,
        messages.c.attempt,
        messages.c.sending_at,
        messages.c.chat,
        messages.c.peer_phone,
        messages.c.peer_lid,
        messages.c.priority,
        messages.c.strikes,
        messages.c.expires_at,
    )
    .join_from(numbers, messages, messages.c.number_id == numbers.c.id)
    .where(numbers.c.id.in_(_SOME), *queued(messages.c, "accepted"))
    .where(_turn(messages.c) < func.coalesce(_BEHIND, _PARKED))
    .order_by(messages.c.number_id, _turn(messages.c))
)

_TAKE = (
    update(messages)
    .where(messages.c.seq.in_(_SOME), *queued(messages.c, "accepted"))
    .values(status="sending", attempt=messages.c.attempt + 1, sending_at=bindparam("now"))
    .returning(
        messages.c.seq,
        messages.c.id,
        messages.c.account_id,
        messages.c.number_id,
        messages.c.chat,
        messages.c.attempt,
        messages.c.expires_at,
        messages.c.bulk,
    )
)

_FOLLOWS: ColumnElement[int] = literal_column(str(FOLLOWS))
_ahead = messages.alias().c
_BEHIND_PARKED = (
    select(literal_column("1"))
    .where(*(_ahead[name] == messages.c[name] for name in ("number_id", "chat", "priority")))
    .where(_ahead["seq"] < messages.c.seq, _is_parked(_ahead))
    .exists()
)
_HEADS = (
    select(messages.c.number_id, messages.c.chat, messages.c.priority, messages.c.seq)
    .where(messages.c.number_id.in_(_SOME), _is_parked(messages.c), ~_BEHIND_PARKED)
    .limit(bindparam("most", type_=Integer))
)
_DUE = _HEADS.where(messages.c.parked_until <= bindparam("now", type_=BigInteger)).order_by(messages.c.parked_until)
_FOLLOWING = _HEADS.where(messages.c.parked_until == _FOLLOWS).order_by(messages.c.priority.desc(), messages.c.seq)
_WAKES = select(
    numbers.c.id,
    select(func.min(messages.c.parked_until))
    .where(messages.c.number_id == numbers.c.id, _is_parked(messages.c))
    .where(messages.c.parked_until > bindparam("now", type_=BigInteger), messages.c.parked_until < _FOLLOWS)
    .correlate(numbers)
    .scalar_subquery()
    .label("at"),
).where(numbers.c.id.in_(_SOME))
_OVERTAKING = select(messages.c.seq).where(messages.c.seq.in_(_SOME), _BEHIND_PARKED)

_PARK = (
    update(messages)
    .where(messages.c.seq.in_(_SOME), *queued(messages.c, "accepted"), messages.c.parked_until.is_(None))
    .values(parked_until=_FOLLOWS)
)
_FREE = update(messages).where(messages.c.seq.in_(_SOME), _is_parked(messages.c)).values(parked_until=None)
_CHAIN = (
    select(messages.c.seq)
    .where(
        messages.c.number_id == bindparam("number"),
        messages.c.chat == bindparam("chat"),
        messages.c.priority == bindparam("priority"),
        _is_parked(messages.c),
    )
    .order_by(messages.c.seq)
    .limit(bindparam("most", type_=Integer))
)

_KNOWN = {
    name: select(messages.c.number_id, messages.c[name])
    .where(messages.c.number_id.in_(_SOME), messages.c[name].in_(bindparam("people", expanding=True)))
    .where(text(KNOWN))
    .distinct()
    for name in ("peer_phone", "peer_lid")
}

_MET = select(messages.c.number_id, messages.c.chat, messages.c.peer_phone, messages.c.peer_lid).where(
    messages.c.id.in_(_SOME), messages.c.number_id.in_(bindparam("numbers", expanding=True)), text(KNOWN)
)

_PARK_STRANGER = (
    update(messages)
    .where(messages.c.seq == bindparam("row_seq"), *queued(messages.c, "accepted"))
    .values(parked_until=bindparam("until"), new_contact=True)
)
_UNPARK_STRANGERS = (
    update(messages)
    .where(messages.c.number_id == bindparam("number"), *queued(messages.c, "accepted"), messages.c.new_contact)
    .values(parked_until=None, new_contact=None)
)
_UNPARK_FOR = _UNPARK_STRANGERS.where(
    or_(*(messages.c[name].in_(bindparam("people", expanding=True)) for name in ("chat", "peer_phone", "peer_lid")))
)

_QUEUE: tuple[Queued, ...] = ("accepted", "sending")
_READDRESS = [
    update(messages)
    .where(messages.c.number_id == bindparam("number"), *queued(messages.c, status))
    .where(messages.c.chat == bindparam("was"))
    .values(
        chat=bindparam("now"),
        peer_phone=func.coalesce(bindparam("phone", type_=String), messages.c.peer_phone),
        peer_lid=func.coalesce(bindparam("lid", type_=String), messages.c.peer_lid),
    )
    for status in _QUEUE
]

_LENGTHS = (
    select(messages.c.number_id, func.count().label("many"))
    .where(messages.c.number_id.in_(_SOME), *queued(messages.c, "accepted"))
    .group_by(messages.c.number_id)
)

_BODIES = select(bodies.c.message_id, bodies.c.sealed).where(bodies.c.message_id.in_(_SOME))

_REMEMBER = update(placements).where(placements.c.number_id == bindparam("number")).values(taken_seq=bindparam("last"))


async def standings(tx: Tx, number_ids: Collection[str], *, lock: bool) -> dict[str, Standing]:
    """`lock`: keep every other worker from these numbers' lanes and journals until the end of the transaction."""
    statement = _STANDINGS_LOCKED if lock else _STANDINGS
    found: dict[str, Standing] = {}
    for some in portions(sorted(number_ids)):
        found |= {row.id: Standing(*row) for row in await tx.rows(statement, {"some": some})}
    return found


async def flying(tx: Tx, number_ids: Collection[str]) -> list[Flying]:
    """What is `sending` at these numbers, in order."""
    return [Flying(*row) for some in portions(number_ids) for row in await tx.rows(_FLYING, {"some": some})]


async def waiting(tx: Tx, number_ids: Collection[str], each: int) -> list[Waiting]:
    """The first `each` accepted messages of these numbers that are not parked, in the order in which they go, without
    looking at the ones behind them.
    """
    found: list[Waiting] = []
    for some in portions(number_ids):
        found += [Waiting(*row) for row in await tx.rows(_WAITING, {"some": some, "each": each})]
    return found


async def known(tx: Tx, number_ids: Collection[str], some: Sequence[Waiting]) -> set[int]:
    """Which of these messages are for somebody who wrote to their number, or got something from it, before."""
    people = {"peer_phone": {each.phone for each in some}, "peer_lid": {each.lid for each in some}}
    found: set[tuple[str, str]] = set()
    for name, addresses in people.items():
        named = sorted(each for each in addresses if each)
        if named:
            rows = await tx.rows(_KNOWN[name], {"some": padded(sorted(number_ids)), "people": padded(named)})
            found |= {(row[0], row[1]) for row in rows}
    return {each.seq for each in some if found & {(each.number_id, each.phone), (each.number_id, each.lid)}}


async def met(tx: Tx, number_ids: Collection[str], message_ids: Collection[str]) -> dict[str, set[str]]:
    """Addresses and phones of the people whom these messages make known to these numbers."""
    found: dict[str, set[str]] = {}
    for some in portions(message_ids):
        for row in await tx.rows(_MET, {"some": some, "numbers": list(number_ids)}):
            found.setdefault(row.number_id, set()).update(filter(None, row[1:]))
    return found


async def park_strangers(tx: Tx, held: Sequence[tuple[int, int]]) -> None:
    """Each until its time."""
    if not held:
        return
    await tx.execute(_PARK_STRANGER, [{"row_seq": seq, "until": until} for seq, until in held])


async def unpark_strangers(tx: Tx, number_id: str) -> None:
    await tx.execute(_UNPARK_STRANGERS, {"number": number_id})


async def unpark_for(tx: Tx, number_id: str, people: Collection[str]) -> bool:
    """`people`: their addresses and phones."""
    return (await tx.execute(_UNPARK_FOR, {"number": number_id, "people": sorted(people)})).rowcount > 0


async def readdress(tx: Tx, number_id: str, chat: str, to: Recipient) -> None:
    """What waits or is under way to this chat is for the same person under another address."""
    values = {"number": number_id, "was": chat, "now": to.jid, "phone": to.phone, "lid": to.lid}
    for statement in _READDRESS:
        await tx.execute(statement, values)


async def lengths(tx: Tx, number_ids: Collection[str]) -> dict[str, int]:
    """How many messages of these numbers wait."""
    return {row.number_id: row.many for row in await tx.rows(_LENGTHS, {"some": sorted(number_ids)})}


async def take(tx: Tx, seqs: Sequence[int], now: int) -> list[Taken]:
    """Mark these messages `sending`, each with a new attempt, unless somebody was faster; in this order."""
    taken: list[Taken] = []
    for some in portions(seqs):
        rows = await tx.rows(_TAKE, {"some": some, "now": now})
        bodies_ = await tx.rows(_BODIES, {"some": padded([row.id for row in rows])})
        sealed = {row.message_id: row.sealed for row in bodies_}
        taken += [Taken(*row, sealed.get(row.id)) for row in rows]  # type: ignore[call-arg]  # mypy cannot count a row
    places = {seq: place for place, seq in enumerate(seqs)}
    return sorted(taken, key=lambda each: places[each.seq])


async def due(tx: Tx, number_ids: Collection[str], now: int, most: int) -> list[Head]:
    """Of these numbers' chains whose first message is to be tried again, up to `most`."""
    return [Head(*row) for row in await tx.rows(_DUE, {"some": padded(sorted(number_ids)), "now": now, "most": most})]


async def following(tx: Tx, number_ids: Collection[str], most: int) -> list[Head]:
    """Of these numbers' chains whose first parked message waits for one that is not parked, up to `most`."""
    return [Head(*row) for row in await tx.rows(_FOLLOWING, {"some": padded(sorted(number_ids)), "most": most})]


async def wakes(tx: Tx, number_ids: Collection[str], now: int) -> dict[str, int]:
    """When the next parked message of each of these numbers is due, where one is."""
    found = await tx.rows(_WAKES, {"some": padded(sorted(number_ids)), "now": now})
    return {row.id: row.at for row in found if row.at is not None}


async def overtaking(tx: Tx, seqs: Sequence[int]) -> set[int]:
    """Those of these that stand behind something parked in their chains."""
    return {row.seq for some in portions(seqs) for row in await tx.rows(_OVERTAKING, {"some": some})}


async def park(tx: Tx, seqs: Sequence[int]) -> None:
    """Take these out of the way of all others, until those before them have gone."""
    for some in portions(seqs):
        await tx.execute(_PARK, {"some": some})


async def free(tx: Tx, seqs: Sequence[int]) -> None:
    """Let these go in their turn."""
    for some in portions(seqs):
        await tx.execute(_FREE, {"some": some})


async def chain(tx: Tx, head: Head, most: int) -> list[int]:
    """What is parked of a chain, from its first."""
    key = {"number": head.number_id, "chat": head.chat, "priority": head.priority, "most": most}
    return [row.seq for row in await tx.rows(_CHAIN, key)]


async def busy(tx: Tx) -> set[str]:
    """Every number with something waiting or under way."""
    here = messages.alias().c
    mine = select(here["seq"]).where(here["number_id"] == numbers.c.id)
    some = or_(mine.where(*queued(here, "accepted")).exists(), mine.where(*queued(here, "sending")).exists())
    return {row.id for row in await tx.rows(select(numbers.c.id).where(some))}


async def remember(tx: Tx, taken: Iterable[tuple[str, int]]) -> None:
    """How far these numbers' events were taken in."""
    await tx.change_many(_REMEMBER, [{"number": number, "last": last} for number, last in taken])
