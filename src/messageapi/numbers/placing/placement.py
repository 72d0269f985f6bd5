"""What the placer writes down, each time holding its lease in the same transaction: an old placer changes nothing."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from messageapi import logs
from messageapi.engines.port import HostBeat, Network, SessionSpec
from messageapi.numbers import folders, rows
from messageapi.numbers.asking import hosts
from messageapi.numbers.limits import limit_of, over
from messageapi.numbers.linking import pairing, unlink
from messageapi.numbers.number import Credentials, Number, Overdue, Placement
from messageapi.numbers.placing import rows as placing
from messageapi.numbers.placing.plan import Lost, Open, Waiting, retry_delay_ms
from messageapi.numbers.states import SENDS
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.store.vault import SealError
from messageapi.web.doors import Doors

LEASE_MS = 5_000  # renewed every second: four may fail
QUIET_MS = 60_000
DEAF_MS = 120_000  # degraded for this long: the session is opened anew
STEADY_MS = 60_000
FORGET_HOST_MS = 60_000

_log = logs.log("placer")
T = TypeVar("T")


class Lease(NamedTuple):
    holder: str
    epoch: int


class Assigned(NamedTuple):
    """A number's new place, committed, and what its host has to know to hold it."""

    placement: Placement
    spec: SessionSpec


class LeaseLost(Exception):
    """Another worker is the placer now."""


async def hold(doors: Doors, holder: str) -> Lease | None:
    """Take or renew the lease; None while another holds it."""
    now = doors.clock()

    async def work(tx: Tx) -> Lease | None:
        await placing.forgive(tx, now - STEADY_MS)
        epoch = await placing.take_lease(tx, holder, now, now + LEASE_MS)
        return None if epoch is None else Lease(holder, epoch)

    return await doors.db.writer.run(work)


async def give_back(doors: Doors, lease: Lease) -> None:
    await doors.db.writer.run(lambda tx: placing.give_lease_back(tx, lease.holder))


async def start_over(doors: Doors) -> None:
    """The only process of a machine starts: every host of the last run ended with it, so nothing is held or linking."""

    async def work(tx: Tx) -> list[str]:
        await placing.forget_hosts(tx)
        for number in await placing.in_states(tx, *SENDS):
            await move(doors, tx, number, "reconnecting", "host_lost")
        return [await _give_up(doors, tx, number) for number in await placing.in_states(tx, "linking")]

    for folder in await doors.db.writer.run(work):
        await folders.remove(doors.settings, folder)


async def _give_up(doors: Doors, tx: Tx, number: Number) -> str:
    """The folder with what was half made."""
    folder = await rows.folder_of(tx, number.id)
    await pairing.end_linking(doors, tx, number, "crashed")
    return folder


async def read(doors: Doors) -> list[Placement]:
    async with doors.db.reading() as tx:
        return await placing.placed(tx)


async def assign(doors: Doors, lease: Lease, opens: Sequence[Open]) -> list[Assigned]:
    """Write down who holds what from now on, under a new epoch, before any host is told."""

    async def work(tx: Tx) -> list[Placement]:
        return [given for one in opens if (given := await _give(tx, one, doors.clock()))]

    given = await _fenced(doors, lease, work)
    async with doors.db.reading() as tx:
        found = await rows.credentials(tx, {one.number_id for one in given})
    specs = [(one, await _spec(doors, found[one.number_id])) for one in given if one.number_id in found]
    return [Assigned(one, spec) for one, spec in specs if spec]


async def _give(tx: Tx, one: Open, now: int) -> Placement | None:
    placed = {"host_id": one.host_id, "epoch": one.placement.epoch + 1, "placed_at": now, "retry_at": None}
    if not await rows.place(tx, one.placement.number_id, one.placement.epoch, **placed):
        return None
    return msgspec.structs.replace(one.placement, **placed)


async def _spec(doors: Doors, credentials: Credentials) -> SessionSpec | None:
    try:
        return await hosts.session_spec(doors, credentials)
    except SealError as problem:
        _log.error("a number cannot be opened", number=credentials.number_id, code=problem.code)
        return None


async def lose(doors: Doors, lease: Lease, losses: Sequence[Lost]) -> None:
    """Take these numbers from their hosts; each may be placed again after a moment of its own."""

    async def work(tx: Tx) -> None:
        known = await rows.by_ids(tx, {loss.placement.number_id for loss in losses})
        for one, code in losses:
            if await rows.place(tx, one.number_id, one.epoch, **_after_loss(one, doors.clock())):
                await _tell_loss(doors, tx, known[one.number_id], one, code)

    await _fenced(doors, lease, work)


def _after_loss(one: Placement, now: int) -> dict[str, object]:
    if one.placed_at is None:  # its pairing host ended, as it should
        return {"host_id": None, "retry_at": None}
    failures = one.failures + 1
    return {"host_id": None, "failures": failures, "retry_at": now + retry_delay_ms(failures)}


async def _tell_loss(doors: Doors, tx: Tx, number: Number, one: Placement, code: str) -> None:
    if one.placed_at is not None and number.state != "reconnecting":
        await move(doors, tx, number, "reconnecting", code)


async def release(doors: Doors, lease: Lease, placements: Sequence[Placement]) -> None:
    """Nobody holds these any more, and nobody should."""

    async def work(tx: Tx) -> None:
        for one in placements:
            await rows.place(tx, one.number_id, one.epoch, host_id=None)

    await _fenced(doors, lease, work)


async def explain(doors: Doors, lease: Lease, waiting: Sequence[Waiting]) -> None:
    """Say on each number why no host can take it."""

    async def work(tx: Tx) -> None:
        known = await rows.by_ids(tx, {one.placement.number_id for one in waiting})
        for one, code in waiting:
            number = known.get(one.number_id)
            if number and number.state == one.state:
                await move(doors, tx, number, number.state, code)

    await _fenced(doors, lease, work)


async def note_hosts(doors: Doors, lease: Lease, beats: Sequence[HostBeat], heard_at: int) -> None:
    """For health pages and other processes; the placer itself remembers every beat."""
    seen = [
        {
            "id": beat.host_id,
            "network": beat.network,
            "capacity": beat.capacity,
            "sessions": len(beat.sessions),
            "pid": beat.pid,
            "beat_at": heard_at,
            "stopping": beat.stopping,
        }
        for beat in beats
    ]
    await _fenced(doors, lease, lambda tx: placing.note_hosts(tx, seen, heard_at - FORGET_HOST_MS))


async def tend(doors: Doors, lease: Lease) -> None:
    """Move numbers on whose state has outlived its time."""
    now = doors.clock()
    limits = Overdue(now, now - pairing.LINKING_MS, now - QUIET_MS, now - DEAF_MS)
    async with doors.db.reading() as tx:
        late = await placing.overdue(tx, limits)
    for number in late:
        await _tend_one(doors, lease, number)


async def _tend_one(doors: Doors, lease: Lease, number: Number) -> None:
    if number.limit_code and not limit_of(number, doors.clock()):
        await _fenced(doors, lease, lambda tx: over(doors, tx, number))
        return
    match number.state:
        case "linking":
            await _give_up_linking(doors, number)
        case "connected" | "limited":
            await _fenced(doors, lease, lambda tx: move(doors, tx, number, "degraded", "quiet"))
        case "logged_out":
            await unlink.forget(doors, number.id)
        case _:  # deaf for too long, or a ban or pause is over
            await _fenced(doors, lease, lambda tx: _open_anew(doors, tx, number))


async def _give_up_linking(doors: Doors, number: Number) -> None:
    async with doors.db.reading() as tx:
        placement = await rows.placement_of(tx, number.id)
    if placement:
        await pairing.failed(doors, number.id, placement.epoch, "timeout")


async def _open_anew(doors: Doors, tx: Tx, number: Number) -> None:
    until = number.limited_until if limit_of(number, doors.clock()) else None
    if await move(doors, tx, number, "connecting", "opening", limited_until=until):
        await rows.want(tx, number.id)


async def _fenced(doors: Doors, lease: Lease, work: Callable[[Tx], Awaitable[T]]) -> T:
    async def guarded(tx: Tx) -> T:
        if not await placing.lease_is(tx, lease.holder, lease.epoch):
            raise LeaseLost
        return await work(tx)

    return await doors.db.writer.run(guarded)


async def networks_in_use(doors: Doors) -> set[Network]:
    """Networks that need engine hosts: some number of theirs is linked, or being linked."""
    async with doors.db.reading() as tx:
        return await placing.networks_in_use(tx)
