"""Whose turn it is at a number that keeps a pace: which of the messages that could go may go now."""

import secrets
from collections.abc import Sequence

import msgspec

from messageapi.pacing.counters import Counters, free_at, rested, spent
from messageapi.pacing.limits import Limits, at_age


class Pace(msgspec.Struct, frozen=True):
    """A number's limits and what it used of them. `since`: when it was linked first."""

    number_id: str
    account_id: str
    limits: Limits
    counters: Counters
    since: int

    def now(self, now: int) -> Limits:
        """The limits that count today."""
        return at_age(self.limits, now - self.since)


class Candidate(msgspec.Struct, frozen=True):
    """A message that could go. `address`: of the person it is for, None for a group, channel or status."""

    seq: int
    address: str | None
    new: bool
    """Nobody was in touch with this person before."""
    counted: bool
    """It was tried before, and a message counts once."""


class Turn(msgspec.Struct, frozen=True):
    """Which messages go, what is used then, and else how long to pause."""

    seqs: list[int]
    met: list[str]
    """Addresses of new contacts."""
    parked: list[tuple[int, int]]
    """Messages to new contacts that have no budget, and when to look at them again: others flow past them."""
    pace: Pace
    pause_ms: int


PARKED_MS = 600_000
"""The longest time, for its owner may give the number other limits meanwhile."""


def turn(pace: Pace, candidates: Sequence[Candidate], room: int, now: int) -> Turn:
    """In order. What a gap or a budget of all holds holds everybody; what is parked holds its own chat alone."""
    limits, counters = pace.now(now), pace.counters
    seqs: list[int] = []
    met: dict[str, None] = {}
    parked: dict[str | None, tuple[int, int]] = {}
    pause = 0
    for each in candidates:
        if len(seqs) >= room:
            break
        if each.address in parked:
            continue
        new = each.new and not each.counted and each.address not in met
        if (wait := _wait(limits, counters, each, now)) > 0:
            pause = wait
            break
        if new and (free := free_at(limits, counters, now, new=True)) > now:
            parked[each.address] = (each.seq, min(free, now + PARKED_MS))
            continue
        seqs.append(each.seq)
        counters = _after(counters, limits, each, now, new=new)
        if new and each.address:
            met[each.address] = None
    changed = msgspec.structs.replace(pace, counters=counters)
    return Turn(seqs, list(met), list(parked.values()), changed, 0 if seqs else pause)


def _wait(limits: Limits, counters: Counters, one: Candidate, now: int) -> int:
    """As for somebody known. A message counts once: what was tried before keeps the gap alone."""
    at = now if one.counted else free_at(limits, counters, now, new=False)
    return max(at, counters.next_at) - now


def _after(counters: Counters, limits: Limits, one: Candidate, now: int, *, new: bool) -> Counters:
    if not one.counted:
        counters = spent(counters, now, new=new)
    if not limits.gap_ms and not limits.jitter_ms:
        return counters
    return rested(counters, limits, now, secrets.randbelow(limits.jitter_ms + 1))


def refused_for_ms(pace: Pace, waiting: int, now: int, *, new: bool) -> int:
    """How long one more message behind `waiting` others would have to wait for a budget; 0 when there is room."""
    return max(0, free_at(pace.now(now), pace.counters, now, new=new, ahead=waiting) - now)
