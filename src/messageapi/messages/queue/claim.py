"""Claiming: mark the next messages of a number `sending`, in order, as many as may be under way at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from messageapi.engines.port import Network
from messageapi.messages.queue import parking, rows
from messageapi.messages.queue.entry import Flying, Standing, Taken, Waiting
from messageapi.messages.queue.flight import UNLINKED
from messageapi.messages.queue.limited import Holds, holds, let_through
from messageapi.messages.queue.order import Choice, last_flying, ready
from messageapi.messages.queue.paced import LOOK_AHEAD, Line, Turned, in_turn
from messageapi.messages.queue.parking import Parked
from messageapi.numbers.states import SENDS
from messageapi.pacing.limits import paced
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

T = TypeVar("T", Flying, Waiting, Taken)

Held = tuple[int, int]
"""Sequence number and attempt of a message that is known to be in an engine host's hands."""


class Ask(msgspec.Struct, frozen=True):
    """One lane wants messages of its number. `window`: how many may be under way on the sandbox network."""

    number_id: str
    held: frozenset[Held]
    window: int
    now: int


class Claim(msgspec.Struct, frozen=True):
    """What a lane got: jobs, or the reason why there are none."""

    standing: Standing | None
    flying: list[Flying]
    """What was under way before."""
    jobs: list[Taken]
    doubtful: bool
    """Something is under way of which nobody here knows whether a host has it; nothing was claimed."""
    lost: bool
    """Something of this number will never be sent or reported."""
    pause_ms: int
    """What comes next must not go yet; ask again after this long."""
    again: bool
    """Something was moved in the queue: ask again at once."""
    more: bool
    """Something may still wait behind these jobs."""
    alone: bool
    """No other process can have claimed anything: SQLite has one writer."""


async def claim(tx: Tx, asks: Sequence[Ask]) -> list[Claim | Exception]:
    """A batch for Writer.join: all lanes that wait claim in one transaction."""
    standings = await rows.standings(tx, [ask.number_id for ask in asks], lock=True)
    flying = _by_number(await rows.flying(tx, standings))
    lanes = [_Lane(ask, standings.get(ask.number_id), flying[ask.number_id]) for ask in asks]
    waiting = _by_number(await _waiting(tx, lanes))
    parked = await _parked(tx, lanes, waiting) if any(lane.parks for lane in lanes) else {}
    limits = {lane.ask.number_id: until for lane in lanes if (until := lane.holds.strangers_until)}
    held = await let_through(tx, limits, waiting) if limits else set()
    chosen = [ready(waiting[lane.ask.number_id], lane.last, lane.reach, lane.ask.now) for lane in lanes]
    if any(lane.paced for lane in lanes):
        turned = await _in_turn(tx, lanes, waiting, chosen)
        held |= {number_id for number_id, each in turned.items() if each.moved}
        chosen = [
            turned[lane.ask.number_id].choice if lane.ask.number_id in turned else choice
            for lane, choice in zip(lanes, chosen, strict=True)
        ]
    jobs = await rows.take(tx, [seq for seqs, _ in chosen for seq in seqs], max(ask.now for ask in asks))
    taken, alone = _by_number(jobs), tx.dialect == "sqlite"
    return [
        lane.claim(
            taken.pop(lane.ask.number_id, []),
            len(waiting[lane.ask.number_id]),
            lane.pause(pause, parked.get(lane.ask.number_id)),
            again=lane.ask.number_id in held or (lane.ask.number_id in parked and parked[lane.ask.number_id].moves),
            alone=alone,
        )
        for lane, (_, pause) in zip(lanes, chosen, strict=True)
    ]


class _Lane:
    """One number at this moment."""

    def __init__(self, ask: Ask, standing: Standing | None, flying: list[Flying]) -> None:
        self.ask = ask
        self.standing = standing
        self.flying = flying
        self.last = last_flying(flying)
        self.doubtful = any((each.seq, each.attempt) not in ask.held for each in flying)
        self.lost = standing is not None and _lost(standing, flying)
        self.window = window(standing.network, ask.window) if standing else 0
        self.holds = holds(standing, ask.now) if standing else Holds()

    @property
    def paced(self) -> bool:
        """What could go takes turns."""
        return self.standing is not None and paced(self.standing.network, self.standing.paced)

    @property
    def parks(self) -> bool:
        """Some of what waits is out of the way of the rest."""
        return self.room > 0 and self.standing is not None and self.standing.parks

    @property
    def reach(self) -> int:
        """How many could go if there were room."""
        return LOOK_AHEAD if self.paced and self.room > 0 else self.room

    @property
    def width(self) -> int:
        """How many are looked at."""
        return max(self.window, self.reach, parking.LOOK_AHEAD if self.parks else 0)

    @property
    def room(self) -> int:
        """How many more may be under way."""
        if self.standing is None or self.lost or self.doubtful or not self.standing.host_id or self.standing.paused:
            return 0
        if self.holds.everything:
            return 0
        return self.window - len(self.flying) if self.standing.state in SENDS else 0

    def pause(self, pause_ms: int, parked: Parked | None) -> int:
        """The shorter of two, where there are two."""
        wakes = [parked.wake_at - self.ask.now] if parked and parked.wake_at is not None else []
        return min([*wakes, *([pause_ms] if pause_ms else [])], default=0)

    def claim(self, jobs: list[Taken], waiting: int, pause_ms: int, *, again: bool, alone: bool) -> Claim:
        """`waiting`: how many were seen to wait, jobs included; never more than those looked at."""
        more = self.room <= 0 or self.parks or waiting >= self.window or waiting > len(jobs)
        return Claim(self.standing, self.flying, jobs, self.doubtful, self.lost, pause_ms, again, more, alone)


def _lost(standing: Standing, flying: Sequence[Flying]) -> bool:
    return standing.state in UNLINKED or any(each.since < (standing.journal_since or 0) for each in flying)


async def busy(doors: Doors) -> set[str]:
    """Every number with something waiting or under way."""
    async with doors.db.reading() as tx:
        return await rows.busy(tx)


def window(network: Network, on_sandbox: int) -> int:
    """WhatsApp gets one message of a number at a time, as from a person."""
    return on_sandbox if network == "sandbox" else 1


async def _waiting(tx: Tx, lanes: Sequence[_Lane]) -> list[Waiting]:
    by_width: dict[int, list[str]] = defaultdict(list)
    for lane in lanes:
        if lane.room > 0:
            by_width[lane.width].append(lane.ask.number_id)
    found: list[Waiting] = []
    for width, number_ids in by_width.items():
        found += await rows.waiting(tx, number_ids, width)
    return found


async def _parked(tx: Tx, lanes: Sequence[_Lane], waiting: dict[str, list[Waiting]]) -> dict[str, Parked]:
    """Sort out the lanes of which something is parked; `waiting` loses what is parked now."""
    some = [lane for lane in lanes if lane.parks]
    queues = {lane.ask.number_id: parking.Queue(lane.flying, waiting[lane.ask.number_id]) for lane in some}
    parked = await parking.sort_out(tx, queues, max(lane.ask.now for lane in some))
    for number_id, found in parked.items():
        behind = set(found.behind)
        waiting[number_id] = [each for each in waiting[number_id] if each.seq not in behind]
    await parking.move(tx, list(parked.values()))
    return parked


async def _in_turn(
    tx: Tx, lanes: Sequence[_Lane], waiting: Mapping[str, Sequence[Waiting]], chosen: Sequence[Choice]
) -> dict[str, Turned]:
    lines = {
        lane.ask.number_id: _line(lane, waiting[lane.ask.number_id], set(seqs))
        for lane, (seqs, _) in zip(lanes, chosen, strict=True)
        if lane.paced
    }
    return await in_turn(tx, lines)


def _line(lane: _Lane, waiting: Sequence[Waiting], ready: Collection[int]) -> Line:
    return Line([each for each in waiting if each.seq in ready], lane.room, lane.ask.now)


def _by_number(items: Iterable[T]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = defaultdict(list)
    for item in items:
        grouped[item.number_id].append(item)
    return grouped
