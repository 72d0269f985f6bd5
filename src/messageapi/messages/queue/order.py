"""Which of a number's waiting messages may go now. Pure: what stands in the queue in, who goes out.

Messages of one chat and priority are a chain and leave in the order of acceptance, whatever happens. Between chains
there is no order but that of priority, so an urgent message may pass another of the same chat.
"""

from collections.abc import Iterable, Mapping, Sequence

from messageapi.messages.queue.entry import Flying, Waiting

Chain = tuple[str, int]
"""Chat and priority."""

Choice = tuple[list[int], int]
"""Sequence numbers of messages that go now, and else how long to pause."""

FIRST_PAUSE_MS = 100
LONGEST_PAUSE_MS = 30_000


def chain_of(one: Flying | Waiting) -> Chain:
    return one.chat, one.priority


def last_flying(flying: Iterable[Flying]) -> dict[Chain, int]:
    """The newest message under way of each chain."""
    last: dict[Chain, int] = {}
    for each in flying:
        last[chain_of(each)] = max(each.seq, last.get(chain_of(each), 0))
    return last


def ready(waiting: Sequence[Waiting], last: Mapping[Chain, int], room: int, now: int) -> Choice:
    """A message that came back waits for those of its chain that are still under way: they are coming back too, and it
    was before them. One that came back a moment ago, as all do when a connection is lost, holds up all behind it for
    a while that grows with each attempt.
    """
    chosen: list[int] = []
    broken: set[Chain] = set()
    for each in waiting:
        if len(chosen) >= room:
            break
        if expired(each, now):
            continue
        if each.attempt:
            if each.seq < last.get(chain_of(each), 0):
                broken.add(chain_of(each))
            elif not each.strikes and (left := pause_after(each.attempt) - (now - (each.since or 0))) > 0:
                return chosen, left
        if chain_of(each) not in broken:
            chosen.append(each.seq)
    return chosen, 0


def expired(one: Waiting, now: int) -> bool:
    """Its time is over: it is about to be ended and is not handed over any more."""
    return one.expires_at is not None and one.expires_at <= now


def pause_after(attempt: int) -> int:
    """Milliseconds between the start of one attempt and the next."""
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(attempt, 10))
