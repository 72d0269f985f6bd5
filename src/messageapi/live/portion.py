"""The next events that somebody missed, from the outbox: what a stream begins with and an answer is made of."""

from typing import NamedTuple

from messageapi.live import find
from messageapi.live.listener import Event
from messageapi.live.opening import opened
from messageapi.live.wanted import Wanted
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

AT_ONCE = 200


class Portion(NamedTuple):
    """`reached`: all that was wanted up to there is in it or before it."""

    events: list[Event]
    reached: int


async def portion(doors: Doors, caller: Caller, wanted: Wanted, span: tuple[int, int], most: int = AT_ONCE) -> Portion:
    """Of what lies behind the first and not behind the second of `span`."""
    rows = await doors.db.read(lambda tx: find.wanted_after(tx, caller, wanted, span, most))
    reached = rows[-1].seq if len(rows) == most else span[1]
    return Portion(await opened(doors, caller.account_id, rows), reached)
