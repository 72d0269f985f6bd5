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
    pace: Pace
    pause_ms: int


def turn(pace: Pace, candidates: Sequence[Candidate], room: int, now: int) -> Turn:
    """In order. A message to a new contact that has to wait lets others pass, but nobody passes in its own chat."""
    limits, counters = pace.now(now), pace.counters
    seqs: list[int] = []
    met: dict[str, None] = {}
    held: set[str] = set()
    waits: list[int] = []
    for each in candidates:
        if len(seqs) >= room or (each.address and each.address in held):
            continue
        at = _may_go_at(limits, counters, each, now, known=each.address in met)
        if at <= now:
            seqs.append(each.seq)
            counters = _after(counters, limits, each, now, known=each.address in met)
            if each.new and each.address:
                met[each.address] = None
            continue
        waits.append(at)
        if not each.new or each.address is None:
            break  # what holds this one holds everybody
        held.add(each.address)
    pause = min(waits) - now if waits and not seqs else 0
    return Turn(seqs, list(met), msgspec.structs.replace(pace, counters=counters), pause)


def _may_go_at(limits: Limits, counters: Counters, one: Candidate, now: int, *, known: bool) -> int:
    if one.counted:
        return max(now, counters.next_at)
    return max(counters.next_at, free_at(limits, counters, now, new=one.new and not known))


def _after(counters: Counters, limits: Limits, one: Candidate, now: int, *, known: bool) -> Counters:
    if not one.counted:
        counters = spent(counters, now, new=one.new and not known)
    if not limits.gap_ms and not limits.jitter_ms:
        return counters
    return rested(counters, limits, now, secrets.randbelow(limits.jitter_ms + 1))


def refused_for_ms(pace: Pace, waiting: int, now: int, *, new: bool) -> int:
    """How long one more message behind `waiting` others would have to wait for a budget; 0 when there is room."""
    return max(0, free_at(pace.now(now), pace.counters, now, new=new, ahead=waiting) - now)
