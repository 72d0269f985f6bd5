"""Taking turns: which candidates of numbers with a pace go now, and what they use, in the transaction that claims."""

from collections.abc import Mapping, Sequence

import msgspec

from messageapi.pacing import rows
from messageapi.pacing.turns import Candidate, Turn, turn
from messageapi.store.db import Tx


class Asked(msgspec.Struct, frozen=True):
    """Messages of one number that could go, in order, and how many of them at most. `new` is what others know of it."""

    candidates: Sequence[Candidate]
    room: int
    now: int


async def take_turns(tx: Tx, asked: Mapping[str, Asked]) -> dict[str, Turn]:
    """By number. The rows of these numbers' placements are locked, so nobody else uses their budgets meanwhile."""
    paces = await rows.load(tx, asked.keys())
    strangers = {each.address for ask in asked.values() for each in ask.candidates if each.new and each.address}
    met = await rows.met(tx, asked.keys(), strangers)
    turns = {
        number_id: turn(paces[number_id], _informed(number_id, ask.candidates, met), ask.room, ask.now)
        for number_id, ask in asked.items()
        if number_id in paces
    }
    await rows.save_counters(tx, [each.pace for each in turns.values() if each.seqs])
    await rows.meet(tx, [(number_id, who) for number_id, each in turns.items() for who in each.met])
    return turns


def _informed(number_id: str, candidates: Sequence[Candidate], met: set[tuple[str, str]]) -> list[Candidate]:
    return [
        msgspec.structs.replace(each, new=False) if (number_id, each.address) in met else each for each in candidates
    ]
