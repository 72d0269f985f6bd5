"""Which host should hold which number, as a pure function: what is wanted and what is held in, what to do out."""

import random
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from messageapi.engines.port import Network
from messageapi.numbers.number import Placement
from messageapi.numbers.states import HELD

FIRST_DELAY_MS = 500
LONGEST_DELAY_MS = 30_000
SETTLE_MS = 500  # a beat may have been put together just before the session was opened
OPENS_AT_ONCE = 100  # a host, in one round: a fleet does not reconnect in one burst


def retry_delay_ms(failures: int) -> int:
    """Doubles with each failure up to 30 s; the jitter keeps numbers that failed together from coming back together."""
    longest = min(LONGEST_DELAY_MS, FIRST_DELAY_MS << min(max(failures, 1) - 1, 10))
    return random.randint(longest // 2, longest)  # noqa: S311 - spreads load, guards nothing


class Host(msgspec.Struct):
    """What is known of a host. `sessions` is None until it was heard."""

    id: str
    network: Network | None
    kind: Literal["engine", "pairing"]
    capacity: int
    sessions: dict[str, int] | None
    seen_at: int
    stopping: bool = False


class Close(NamedTuple):
    """The host holds a number it should not hold, or under an old epoch."""

    host_id: str
    number_id: str
    epoch: int


class Lost(NamedTuple):
    """The number's host is gone, or has let the number go."""

    placement: Placement
    code: str


class Open(NamedTuple):
    placement: Placement
    host_id: str


class Waiting(NamedTuple):
    """No host can take the number now; `code` says why."""

    placement: Placement
    code: str


class Plan(NamedTuple):
    """What to do now. `released`: placements that name a host although nothing holds the number any more."""

    closes: list[Close]
    lost: list[Lost]
    opens: list[Open]
    waiting: list[Waiting]
    released: list[Placement]


class View(NamedTuple):
    """All the plan is made from. `busy`: numbers a command is under way for. `settled`: when the last one ended."""

    placements: Sequence[Placement]
    hosts: Mapping[str, Host]
    busy: Collection[str]
    settled: Mapping[str, int]
    unusable: Mapping[str, str]  # network -> why no host can run for it
    now: int


def wanted(placement: Placement) -> bool:
    """A number that is being unlinked stays wanted until its host has logged it out, and must not be opened again."""
    return placement.wanted and placement.state in HELD


def make(view: View) -> Plan:
    rightful = {one.number_id: one for one in view.placements}
    closes = list(_closes(view, rightful))
    held = {number_id for host in view.hosts.values() for number_id in host.sessions or ()}
    lost = list(_lost(view))
    released = [one for one in view.placements if not one.wanted and _let_go(view, one, held)]
    opens, waiting = _opens(view, held)
    return Plan(closes, lost, opens, waiting, released)


def _closes(view: View, rightful: Mapping[str, Placement]) -> list[Close]:
    found = []
    for host in view.hosts.values():
        if host.kind == "pairing":
            continue  # it belongs to whoever started linking and ends by itself
        for number_id, epoch in (host.sessions or {}).items():
            if number_id not in view.busy and not _may_hold(host, rightful.get(number_id), epoch):
                found.append(Close(host.id, number_id, epoch))
    return found


def _may_hold(host: Host, placement: Placement | None, epoch: int) -> bool:
    if placement is None or not placement.wanted or host.stopping:
        return False
    return placement.host_id == host.id and placement.epoch == epoch


def _lost(view: View) -> list[Lost]:
    found = []
    for one in view.placements:
        if wanted(one) and one.host_id and one.number_id not in view.busy:
            code = _why_lost(view, one, view.hosts.get(one.host_id))
            if code:
                found.append(Lost(one, code))
    return found


def _why_lost(view: View, placement: Placement, host: Host | None) -> str | None:
    if host is None:
        return "host_lost"
    if host.kind == "pairing" or host.sessions is None or placement.number_id in host.sessions:
        return None
    opened = max(placement.placed_at or 0, view.settled.get(placement.number_id, 0))
    return "host_lost" if host.seen_at >= opened + SETTLE_MS else None


def _let_go(view: View, placement: Placement, held: Collection[str]) -> bool:
    """Nobody wants the number and nobody holds it; only the row still says so."""
    if placement.state == "linking" or placement.number_id in view.busy or placement.number_id in held:
        return False
    host = view.hosts.get(placement.host_id or "")
    return host is None or host.sessions is not None


def _opens(view: View, held: Collection[str]) -> tuple[list[Open], list[Waiting]]:
    opens: list[Open] = []
    waiting: list[Waiting] = []
    room = _Room(view)
    for one in sorted(view.placements, key=lambda one: (one.retry_at or 0, one.number_id)):
        if one.host_id or not wanted(one) or one.number_id in view.busy or one.number_id in held:
            continue
        if (one.retry_at or 0) > view.now:
            continue
        host_id, why = room.take(one.network)
        if host_id:
            opens.append(Open(one, host_id))
        elif why and one.reason_code != why:
            waiting.append(Waiting(one, why))
    return opens, waiting


class _Room:
    """How much each host can still take in this round."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._load = dict.fromkeys(view.hosts, 0)
        self._given = dict.fromkeys(view.hosts, 0)
        for one in view.placements:
            if one.wanted and one.host_id in self._load:
                self._load[one.host_id] += 1

    def take(self, network: Network) -> tuple[str | None, str]:
        """The least loaded host of this network, or why there is none; no reason: in the next round."""
        usable = [host for host in self._view.hosts.values() if _usable(host, network)]
        if not usable:
            return None, self._view.unusable.get(network, "no_host")
        free = [host for host in usable if self._load[host.id] < host.capacity]
        if not free:
            return None, "hosts_full"
        chosen = min(free, key=lambda host: (self._load[host.id] / host.capacity, host.id))
        if self._given[chosen.id] >= OPENS_AT_ONCE:
            return None, ""
        self._load[chosen.id] += 1
        self._given[chosen.id] += 1
        return chosen.id, ""


def _usable(host: Host, network: Network) -> bool:
    return host.kind == "engine" and host.network == network and not host.stopping and host.sessions is not None
