"""A message that cannot go, though its number can send, is parked with all behind it in its chain: others flow past.

It is tried again after pauses that grow. What follows it is free once it has gone, one way or another.
"""

from collections.abc import Mapping, Sequence

import msgspec

from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Flying, Head, Waiting
from messageapi.messages.queue.order import Chain, chain_of
from messageapi.store.db import Tx

LOOK_AHEAD = 200
"""Messages looked at where some are parked, so that those behind them are found."""
FREED_AT_ONCE = 500
MOST_DUE = 500
MOST_FOLLOWING = 1_000
"""Chains looked at in one claim: a number may have tens of thousands of strangers parked."""

FIRST_PAUSE_MS = 1_000
LONGEST_PAUSE_MS = 60_000


def pause_after(strikes: int) -> int:
    """Milliseconds until the next try of a message that failed so often by its own fault."""
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(max(strikes, 1) - 1, 10))


def gives_up(strikes: int, patience_ms: int) -> bool:
    """The pauses of all these tries together are longer than that. Only while a number can send do they begin."""
    return sum(pause_after(strike) for strike in range(1, strikes + 1)) > patience_ms


class Queue(msgspec.Struct, frozen=True):
    """A number's messages that are not parked."""

    flying: Sequence[Flying]
    waiting: Sequence[Waiting]


class Parked(msgspec.Struct, frozen=True):
    """Who has to be moved. `wake_at`: when the next message is due to be tried again. `more`: of others' there was so
    much to move that this number's was not looked at.
    """

    due: list[int]
    gone: list[Head]
    """Chains whose first message is not in the queue any more."""
    behind: list[int]
    wake_at: int | None
    more: bool

    @property
    def moves(self) -> bool:
        return bool(self.due or self.gone or self.behind or self.more)


async def sort_out(tx: Tx, queues: Mapping[str, Queue], now: int) -> dict[str, Parked]:
    """By number."""
    due = await rows.due(tx, queues, now, MOST_DUE)
    following = await rows.following(tx, queues, MOST_FOLLOWING)
    wakes = await rows.wakes(tx, queues, now)
    behind = await rows.overtaking(tx, [each.seq for queue in queues.values() for each in queue.waiting])
    return {
        number_id: Parked(
            due=[head.seq for head in due if head.number_id == number_id],
            gone=_gone([head for head in following if head.number_id == number_id], queue),
            behind=[each.seq for each in queue.waiting if each.seq in behind],
            wake_at=wakes.get(number_id),
            more=len(due) >= MOST_DUE,
        )
        for number_id, queue in queues.items()
    }


def _gone(following: Sequence[Head], queue: Queue) -> list[Head]:
    """Those of them before which nothing of their chain is left."""
    first: dict[Chain, int] = {}
    queued: list[Flying | Waiting] = [*queue.flying, *queue.waiting]
    for each in queued:
        first[chain_of(each)] = min(each.seq, first.get(chain_of(each), each.seq))
    return [head for head in following if first.get((head.chat, head.priority), head.seq) >= head.seq]


async def move(tx: Tx, parked: Sequence[Parked]) -> None:
    """What is free now goes with the next claim, in its turn."""
    await rows.park(tx, [seq for each in parked for seq in each.behind])
    freed = [seq for each in parked for seq in each.due]
    for each in parked:
        for head in each.gone:
            freed += await rows.chain(tx, head, FREED_AT_ONCE)
    await rows.free(tx, freed)
