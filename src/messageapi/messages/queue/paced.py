"""Between what could go and what goes: numbers that keep a pace take turns, all others are not asked about anything."""

from collections.abc import Mapping, Sequence

import msgspec

from messageapi.contacts.person import PEOPLE
from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Waiting
from messageapi.messages.queue.order import Choice
from messageapi.pacing.claim import Asked, take_turns
from messageapi.pacing.turns import Candidate
from messageapi.store.db import Tx

LOOK_AHEAD = 50
"""Messages looked at in one turn: those to new contacts beyond their budget are parked, others flow past them."""


class Line(msgspec.Struct, frozen=True):
    """What could go from one number with a pace, in order."""

    ready: Sequence[Waiting]
    room: int
    now: int


class Turned(msgspec.Struct, frozen=True):
    """What goes and else how long to pause; and whether something was moved in the queue."""

    choice: Choice
    moved: bool


async def in_turn(tx: Tx, lines: Mapping[str, Line]) -> dict[str, Turned]:
    """By number."""
    lines = {number_id: line for number_id, line in lines.items() if line.ready}
    if not lines:
        return {}
    known = await rows.known(tx, lines.keys(), [each for line in lines.values() for each in line.ready])
    asked = {
        number_id: Asked([_candidate(each, known) for each in line.ready], line.room, line.now)
        for number_id, line in lines.items()
    }
    turns = await take_turns(tx, asked)
    await rows.park_strangers(tx, [each for turn in turns.values() for each in turn.parked])
    return {number_id: Turned((turn.seqs, turn.pause_ms), bool(turn.parked)) for number_id, turn in turns.items()}


def _candidate(one: Waiting, known: set[int]) -> Candidate:
    person = one.chat.endswith(PEOPLE)
    return Candidate(one.seq, one.chat if person else None, person and one.seq not in known, one.attempt > 0)
