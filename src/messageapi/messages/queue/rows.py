"""Reads and writes of the queue, for many numbers in one statement. Across accounts: nothing here reaches a caller."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, func, or_, select, text, update

from messageapi.messages.queue.entry import Flying, Standing, Taken, Waiting
from messageapi.messages.rows import portions, queued
from messageapi.store.db import Tx
from messageapi.store.tables import bodies, messages, numbers, placements
from messageapi.store.tables.messages import KNOWN

_BEYOND = 1 << 62
"""Behind every message there can be."""

# Statements are made once: making one costs ten times as much as carrying it out.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)

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
    )
    .join_from(placements, numbers, placements.c.number_id == numbers.c.id)
    .where(placements.c.number_id.in_(_SOME))
    .order_by(placements.c.number_id)
)
_STANDINGS_LOCKED = _STANDINGS.with_for_update(of=placements)

_FLYING = (
    select(messages.c.number_id, messages.c.seq, messages.c.id, messages.c.attempt, messages.c.sending_at)
    .where(messages.c.number_id.in_(_SOME), *queued(messages.c, "sending"))
    .order_by(messages.c.number_id, messages.c.seq)
)

_other = messages.alias().c
_BEHIND = (
    select(_other["seq"])
    .where(_other["number_id"] == numbers.c.id, *queued(_other, "accepted"))
    .order_by(_other["seq"])
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
    )
    .join_from(numbers, messages, messages.c.number_id == numbers.c.id)
    .where(numbers.c.id.in_(_SOME), *queued(messages.c, "accepted"), messages.c.seq < func.coalesce(_BEHIND, _BEYOND))
    .order_by(messages.c.number_id, messages.c.seq)
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
    )
)

_KNOWN = {
    name: select(messages.c.number_id, messages.c[name])
    .where(messages.c.number_id.in_(_SOME), messages.c[name].in_(bindparam("people", expanding=True)))
    .where(text(f"{name} IS NOT NULL AND {KNOWN}"))
    .distinct()
    for name in ("peer_phone", "peer_lid")
}

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
    """The first `each` accepted messages of these numbers, in order, without looking at the ones behind them."""
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
            rows = await tx.rows(_KNOWN[name], {"some": sorted(number_ids), "people": named})
            found |= {(row[0], row[1]) for row in rows}
    return {each.seq for each in some if found & {(each.number_id, each.phone), (each.number_id, each.lid)}}


async def take(tx: Tx, seqs: Sequence[int], now: int) -> list[Taken]:
    """Mark these messages `sending`, each with a new attempt, unless somebody was faster; in order."""
    taken: list[Taken] = []
    for some in portions(seqs):
        rows = await tx.rows(_TAKE, {"some": some, "now": now})
        bodies_ = await tx.rows(_BODIES, {"some": [row.id for row in rows]})
        sealed = {row.message_id: row.sealed for row in bodies_}
        taken += [Taken(*row, sealed.get(row.id)) for row in rows]  # type: ignore[call-arg]  # mypy cannot count a row
    return sorted(taken, key=lambda each: each.seq)


async def busy(tx: Tx) -> set[str]:
    """Every number with something waiting or under way."""
    here = messages.alias().c
    mine = select(here["seq"]).where(here["number_id"] == numbers.c.id)
    some = or_(mine.where(*queued(here, "accepted")).exists(), mine.where(*queued(here, "sending")).exists())
    return {row.id for row in await tx.rows(select(numbers.c.id).where(some))}


async def remember(tx: Tx, taken: Iterable[tuple[str, int]]) -> None:
    """How far these numbers' events were taken in."""
    values = [{"number": number, "last": last} for number, last in taken]
    if values:
        await tx.execute(_REMEMBER, values)
