"""Reads and writes of the queue, for many numbers in one statement. Across accounts: nothing here reaches a caller."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, func, or_, select, update

from messageapi.messages.queue.entry import Flying, Standing, Taken, Waiting
from messageapi.messages.rows import portions, queued
from messageapi.store.db import Tx
from messageapi.store.tables import bodies, messages, numbers, placements

_BEYOND = 1 << 62
"""Behind every message there can be."""


async def standings(tx: Tx, number_ids: Collection[str], *, lock: bool) -> dict[str, Standing]:
    """`lock`: keep every other worker from these numbers' lanes and journals until the end of the transaction."""
    joined = select(
        numbers.c.id,
        numbers.c.account_id,
        numbers.c.network,
        numbers.c.state,
        numbers.c.state_since,
        placements.c.host_id,
        placements.c.epoch,
        placements.c.taken_seq,
        placements.c.journal_since,
    ).join_from(placements, numbers, placements.c.number_id == numbers.c.id)
    found: dict[str, Standing] = {}
    for some in portions(sorted(number_ids)):
        chosen = joined.where(placements.c.number_id.in_(some)).order_by(placements.c.number_id)
        rows = await tx.rows(chosen.with_for_update(of=placements) if lock else chosen)
        found |= {row.id: Standing(*row) for row in rows}
    return found


async def flying(tx: Tx, number_ids: Collection[str]) -> list[Flying]:
    """What is `sending` at these numbers, in order."""
    c = messages.c
    found: list[Flying] = []
    for some in portions(number_ids):
        chosen = select(c.number_id, c.seq, c.id, c.attempt, c.sending_at)
        chosen = chosen.where(c.number_id.in_(some), *queued(c, "sending")).order_by(c.number_id, c.seq)
        found += [Flying(*row) for row in await tx.rows(chosen)]
    return found


async def waiting(tx: Tx, number_ids: Collection[str], each: int) -> list[Waiting]:
    """The first `each` accepted messages of these numbers, in order, without looking at the ones behind them."""
    c, other = messages.c, messages.alias().c
    behind = (
        select(other["seq"])
        .where(other["number_id"] == numbers.c.id, *queued(other, "accepted"))
        .order_by(other["seq"])
        .limit(1)
        .offset(each)
        .correlate(numbers)
        .scalar_subquery()
    )
    found: list[Waiting] = []
    for some in portions(number_ids):
        chosen = (
            select(c.number_id, c.seq, c.attempt, c.sending_at)
            .join_from(numbers, messages, c.number_id == numbers.c.id)
            .where(numbers.c.id.in_(some), *queued(c, "accepted"), c.seq < func.coalesce(behind, _BEYOND))
            .order_by(c.number_id, c.seq)
        )
        found += [Waiting(*row) for row in await tx.rows(chosen)]
    return found


async def take(tx: Tx, seqs: Sequence[int], now: int) -> list[Taken]:
    """Mark these messages `sending`, each with a new attempt, unless somebody was faster; in order."""
    c = messages.c
    taken: list[Taken] = []
    for some in portions(seqs):
        marked = (
            update(messages)
            .where(c.seq.in_(some), *queued(c, "accepted"))
            .values(status="sending", attempt=c.attempt + 1, sending_at=now)
            .returning(c.seq, c.id, c.account_id, c.number_id, c.chat, c.attempt)
        )
        rows = (await tx.execute(marked)).all()
        body = select(bodies.c.message_id, bodies.c.sealed).where(bodies.c.message_id.in_([row.id for row in rows]))
        sealed = {row.message_id: row.sealed for row in await tx.rows(body)}
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
    moved = update(placements).where(placements.c.number_id == bindparam("number")).values(taken_seq=bindparam("last"))
    values = [{"number": number, "last": last} for number, last in taken]
    if values:
        await tx.execute(moved, values)
