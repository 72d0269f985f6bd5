"""A message that cannot go, though its number can send, is parked with all behind it in its chain: others flow past.

It is tried again after pauses that grow. What follows it is free once it has gone, one way or another.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Flying, Head, Waiting
from messageapi.messages.queue.order import Chain, chain_of
from messageapi.store.db import Tx

FOLLOWS = 1 << 60
"""Parked until the message before it has gone."""
LOOK_AHEAD = 200
"""Messages looked at where some are parked, so that those behind them are found."""
FREED_AT_ONCE = 500

FIRST_PAUSE_MS = 1_000
LONGEST_PAUSE_MS = 60_000


def pause_after(strikes: int) -> int:
    """Milliseconds until the next try of a message that failed so often by its own fault."""
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(max(strikes, 1) - 1, 10))


def gives_up(strikes: int, patience_ms: int) -> bool:
    """The pauses of all these tries together are longer than that. Only while a number can send do they begin."""
    return sum(pause_after(strike) for strike in range(1, strikes + 1)) > patience_ms


class Parked(msgspec.Struct, frozen=True):
    """Who has to be moved. `wake_at`: when the next message is due to be tried again."""

    due: list[int]
    gone: list[Head]
    """Chains whose first message is not in the queue any more."""
    behind: list[int]
    wake_at: int | None

    @property
    def moves(self) -> bool:
        return bool(self.due or self.gone or self.behind)


def sort_out(heads: Iterable[Head], waiting: Sequence[Waiting], flying: Sequence[Flying], now: int) -> Parked:
    """All of one number. `waiting` are those that are not parked."""
    first: dict[Chain, int] = {}
    queued: list[Flying | Waiting] = [*flying, *waiting]
    for each in queued:
        first[chain_of(each)] = min(each.seq, first.get(chain_of(each), each.seq))
    by_chain = {(head.chat, head.priority): head for head in heads}
    followed = [head for head in by_chain.values() if head.until == FOLLOWS]
    tried = [head for head in by_chain.values() if head.until != FOLLOWS]
    return Parked(
        due=[head.seq for head in tried if head.until <= now],
        gone=[head for head in followed if first.get((head.chat, head.priority), head.seq) >= head.seq],
        behind=[each.seq for each in waiting if _is_behind(each, by_chain)],
        wake_at=min((head.until for head in tried if head.until > now), default=None),
    )


def _is_behind(one: Waiting, heads: Mapping[Chain, Head]) -> bool:
    head = heads.get(chain_of(one))
    return head is not None and one.seq > head.seq


async def move(tx: Tx, parked: Sequence[Parked]) -> None:
    """What is free now goes with the next claim, in its turn."""
    await rows.park(tx, [seq for each in parked for seq in each.behind], FOLLOWS)
    freed = [seq for each in parked for seq in each.due]
    for each in parked:
        for head in each.gone:
            freed += await rows.chain(tx, head, FREED_AT_ONCE)
    await rows.free(tx, freed)
