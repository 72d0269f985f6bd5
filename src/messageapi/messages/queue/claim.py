"""Claiming: mark the next messages of a number `sending`, in order, as many as may be under way at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from messageapi.engines.port import Network
from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Flying, Standing, Taken, Waiting
from messageapi.messages.queue.flight import UNLINKED
from messageapi.messages.queue.paced import LOOK_AHEAD, Line, in_turn
from messageapi.numbers.states import SENDS
from messageapi.pacing.limits import paced
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

T = TypeVar("T", Flying, Waiting, Taken)

Held = tuple[int, int]
"""Sequence number and attempt of a message that is known to be in an engine host's hands."""

Choice = tuple[list[int], int]
"""Sequence numbers of messages that go now, and else how long to pause."""

FIRST_PAUSE_MS = 100
LONGEST_PAUSE_MS = 30_000


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
    """The next message came back a moment ago; ask again after this long."""
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
    chosen = [ready(waiting[lane.ask.number_id], lane.last, lane.reach, lane.ask.now) for lane in lanes]
    if any(lane.paced for lane in lanes):
        chosen = await _in_turn(tx, lanes, waiting, chosen)
    jobs = await rows.take(tx, [seq for seqs, _ in chosen for seq in seqs], max(ask.now for ask in asks))
    taken, alone = _by_number(jobs), tx.dialect == "sqlite"
    return [
        lane.claim(taken.pop(lane.ask.number_id, []), len(waiting[lane.ask.number_id]), pause, alone=alone)
        for lane, (_, pause) in zip(lanes, chosen, strict=True)
    ]


class _Lane:
    """One number at this moment."""

    def __init__(self, ask: Ask, standing: Standing | None, flying: list[Flying]) -> None:
        self.ask = ask
        self.standing = standing
        self.flying = flying
        self.last = flying[-1].seq if flying else 0
        self.doubtful = any((each.seq, each.attempt) not in ask.held for each in flying)
        self.lost = standing is not None and _lost(standing, flying)
        self.window = window(standing.network, ask.window) if standing else 0

    @property
    def paced(self) -> bool:
        """What could go takes turns."""
        return self.standing is not None and paced(self.standing.network, self.standing.paced)

    @property
    def reach(self) -> int:
        """How many are looked at."""
        return LOOK_AHEAD if self.paced and self.room > 0 else self.room

    @property
    def room(self) -> int:
        """How many more may be under way."""
        if self.standing is None or self.lost or self.doubtful or not self.standing.host_id:
            return 0
        return self.window - len(self.flying) if self.standing.state in SENDS else 0

    def claim(self, jobs: list[Taken], waiting: int, pause_ms: int, *, alone: bool) -> Claim:
        """`waiting`: how many were seen to wait, jobs included; never more than the window is wide."""
        more = self.room <= 0 or waiting >= self.window or waiting > len(jobs)
        return Claim(self.standing, self.flying, jobs, self.doubtful, self.lost, pause_ms, more, alone)


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
            by_width[max(lane.window, lane.reach)].append(lane.ask.number_id)
    found: list[Waiting] = []
    for width, number_ids in by_width.items():
        found += await rows.waiting(tx, number_ids, width)
    return found


async def _in_turn(
    tx: Tx, lanes: Sequence[_Lane], waiting: Mapping[str, Sequence[Waiting]], chosen: Sequence[Choice]
) -> list[Choice]:
    lines = {
        lane.ask.number_id: Line(
            [each for each in waiting[lane.ask.number_id] if each.seq in set(seqs)], lane.room, lane.ask.now
        )
        for lane, (seqs, _) in zip(lanes, chosen, strict=True)
        if lane.paced
    }
    turns = await in_turn(tx, lines)
    return [turns.get(lane.ask.number_id, choice) for lane, choice in zip(lanes, chosen, strict=True)]


def ready(waiting: Sequence[Waiting], last_flying: int, room: int, now: int) -> tuple[list[int], int]:
    """Which of the waiting may go, and else how long to pause.

    A message that came back stands before those still under way: they are coming back too, and everything waits for the
    last of them, or the order would be lost. A first message that came back just now waits longer with each attempt.
    """
    if not waiting or room <= 0 or waiting[0].seq < last_flying:
        return [], 0
    first = waiting[0]
    pause = pause_after(first.attempt) - (now - (first.since or 0))
    if first.attempt and pause > 0:
        return [], pause
    return [each.seq for each in waiting[:room]], 0


def pause_after(attempt: int) -> int:
    """Milliseconds between the start of one attempt and the next."""
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(attempt, 10))


def _by_number(items: Iterable[T]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = defaultdict(list)
    for item in items:
        grouped[item.number_id].append(item)
    return grouped
