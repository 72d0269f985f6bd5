"""Room for one more: an account may have only so many messages waiting.

They are counted now and then, the less often the more room there is, so a message costs no statement of its own.
"""

import asyncio
from typing import NamedTuple
from weakref import WeakValueDictionary

from messageapi.messages import errors, find
from messageapi.vocab.caller import Caller
from messageapi.vocab.recent import Recent
from messageapi.web.doors import Doors

AT_ONCE = 100
"""Taken without another count where there is room for so many."""
FULL_MS = 1_000


class Room(NamedTuple):
    """`left` to be taken before the next count. `full_until`: there is no more, and nobody counts before."""

    left: int
    full_until: int = 0


_known: Recent[str, Room] = Recent(10_000)
"""By account."""


_counting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


async def take_room(doors: Doors, caller: Caller, many: int = 1) -> None:
    """For all of these messages or none. What is on its way to the disk just now is not counted, so an account may go
    beyond the limit by that. Raise Problem queue_full.
    """
    account = caller.account_id
    if _has_to_count(doors, account, many):
        async with _counting.setdefault(account, asyncio.Lock()):
            if _has_to_count(doors, account, many):  # still: nobody did meanwhile
                _known.keep(account, await _counted(doors, caller, many))
    known = _known.get(account)
    if known is None or known.left < many:
        raise errors.queue_full(doors.settings.waiting_messages)
    _known.keep(account, known._replace(left=known.left - many))


def _has_to_count(doors: Doors, account: str, many: int) -> bool:
    known = _known.get(account)
    return known is None or (known.left < many and not 0 < known.full_until - doors.clock() <= FULL_MS)


async def _counted(doors: Doors, caller: Caller, many: int) -> Room:
    async with doors.db.reading() as tx:
        free = max(0, doors.settings.waiting_messages - await find.how_many_wait(tx, caller))
    if free < many:
        return Room(free, doors.clock() + FULL_MS)
    return Room(max(free // 2, min(free, max(many, AT_ONCE))))
