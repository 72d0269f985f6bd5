"""Room for one more: an account may have only so many messages waiting.

They are counted now and then, the less often the more room there is, so a message costs no statement of its own.
"""

from typing import NamedTuple

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


async def take_room(doors: Doors, caller: Caller, many: int = 1) -> None:
    """For all of these messages or none. What is on its way to the disk just now is not counted, so an account may go
    beyond the limit by that. Raise Problem queue_full.
    """
    known = _known.get(caller.account_id)
    if known is None or (known.left < many and not 0 < known.full_until - doors.clock() <= FULL_MS):
        known = await _counted(doors, caller, many)
    fits = known.left >= many
    _known.keep(caller.account_id, known._replace(left=known.left - many) if fits else known)
    if not fits:
        raise errors.queue_full(doors.settings.waiting_messages)


async def _counted(doors: Doors, caller: Caller, many: int) -> Room:
    async with doors.db.reading() as tx:
        free = max(0, doors.settings.waiting_messages - await find.how_many_wait(tx, caller))
    if free < many:
        return Room(free, doors.clock() + FULL_MS)
    return Room(max(free // 2, min(free, max(many, AT_ONCE))))
