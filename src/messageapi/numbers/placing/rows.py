"""Reads across accounts that the placer needs, its lease, and the hosts it has heard of."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy import delete as delete_from

from messageapi.engines.port import Network
from messageapi.numbers.number import Number, Overdue, Placement
from messageapi.numbers.rows import number_columns, placements_read
from messageapi.numbers.states import State
from messageapi.store.db import Tx
from messageapi.store.tables import hosts, leases, numbers, placements

PLACER = "placer"


async def placed(tx: Tx) -> list[Placement]:
    """Everything the placer looks after: numbers that should be held or still are."""
    rows = await tx.rows(placements_read().where(or_(placements.c.wanted, placements.c.host_id.is_not(None))))
    return [Placement(*row) for row in rows]


async def networks_in_use(tx: Tx) -> set[Network]:
    """Networks with a number that is linked or being linked."""
    used = or_(numbers.c.jid.is_not(None), numbers.c.state == "linking")
    return {row.network for row in await tx.rows(select(numbers.c.network).where(used).distinct())}


async def in_states(tx: Tx, *states: State) -> list[Number]:
    """Of every account."""
    return [Number(*row) for row in await tx.rows(select(*number_columns()).where(numbers.c.state.in_(states)))]


async def overdue(tx: Tx, limits: Overdue) -> list[Number]:
    """Numbers whose state has outlived its time: the placer moves each of them on."""
    state, since, heard = numbers.c.state, numbers.c.state_since, numbers.c.evidence_at
    late = or_(
        and_(state == "linking", since < limits.linking_before),
        and_(state.in_(("connected", "limited")), heard < limits.quiet_before, since < limits.quiet_before),
        and_(state == "degraded", since < limits.deaf_before, heard < limits.deaf_before),
        and_(or_(state == "banned", numbers.c.limit_code.is_not(None)), numbers.c.limited_until <= limits.now),
        and_(state == "logged_out", placements.c.wanted, since < limits.quiet_before),
    )
    joined = select(*number_columns()).join_from(numbers, placements, placements.c.number_id == numbers.c.id)
    return [Number(*row) for row in await tx.rows(joined.where(late))]


async def forgive(tx: Tx, connected_before: int) -> None:
    """Forget the failures of numbers that have been connected since then."""
    well = numbers.c.state.in_(("connected", "limited"))
    steady = select(numbers.c.id).where(well, numbers.c.state_since < connected_before)
    failing = placements.c.failures > 0, placements.c.number_id.in_(steady)
    await tx.execute(update(placements).where(*failing).values(failures=0, retry_at=None))


async def take_lease(tx: Tx, holder: str, now: int, until: int) -> int | None:
    """The lease's epoch when it is ours now, None while somebody else holds it. A new holder gets a new epoch."""
    row = await tx.row(select(leases).where(leases.c.name == PLACER).with_for_update())
    if row is None:
        await tx.execute(insert(leases), {"name": PLACER, "holder": holder, "epoch": 1, "until": until})
        return 1
    if row.holder != holder and row.until > now:
        return None
    epoch = row.epoch if row.holder == holder else row.epoch + 1
    mine = {"holder": holder, "epoch": epoch, "until": until}
    await tx.execute(update(leases).where(leases.c.name == PLACER).values(**mine))
    return int(epoch)


async def lease_is(tx: Tx, holder: str, epoch: int) -> bool:
    """Still ours? The row stays locked until this transaction ends, so nobody can take it in between."""
    ours = leases.c.name == PLACER, leases.c.holder == holder, leases.c.epoch == epoch
    return await tx.row(select(leases.c.epoch).where(*ours).with_for_update()) is not None


async def give_lease_back(tx: Tx, holder: str) -> None:
    await tx.execute(update(leases).where(leases.c.name == PLACER, leases.c.holder == holder).values(until=0))


async def forget_hosts(tx: Tx) -> None:
    """Nothing holds a number: every host of the last run ended with it."""
    await tx.execute(delete_from(hosts))
    await tx.execute(update(leases).where(leases.c.name == PLACER).values(until=0))
    await tx.execute(update(placements).where(placements.c.host_id.is_not(None)).values(host_id=None, retry_at=None))


async def note_hosts(tx: Tx, seen: Sequence[Mapping[str, object]], silent_since: int) -> None:
    """The newest beat of each host; hosts that have long been silent are dropped."""
    if seen:
        ids = [str(row["id"]) for row in seen]
        await tx.execute(delete_from(hosts).where(hosts.c.id.in_(ids)))
        await tx.execute(insert(hosts), list(seen))
    await tx.execute(delete_from(hosts).where(hosts.c.beat_at < silent_since))
