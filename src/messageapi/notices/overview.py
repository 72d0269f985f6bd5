"""How the queue of notices is doing, for the operator."""

import msgspec

from messageapi.notices import rows
from messageapi.web.doors import Doors

DAY_MS = 24 * 3_600_000


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """`failing`: what keeps those that wait, by code. The last three are of the last 24 hours."""

    waiting: int
    oldest_at: int | None
    failing: dict[str, int]
    sent: int
    failed: int
    given_up: dict[str, int]
    """Why, by code."""


async def overview(doors: Doors) -> Overview:
    """Counts alone: whom a notice was for is known only until it is sent."""
    since = doors.clock() - DAY_MS
    counted = await doors.db.read(lambda tx: rows.counted(tx, since))
    waiting = [each for each in counted if each.state == "waiting"]
    failed = [each for each in counted if each.state == "failed"]
    return Overview(
        waiting=sum(each.many for each in waiting),
        oldest_at=min((each.oldest for each in waiting), default=None),
        failing={each.error: each.many for each in waiting if each.error},
        sent=sum(each.many for each in counted if each.state == "sent"),
        failed=sum(each.many for each in failed),
        given_up={each.error: each.many for each in failed if each.error},
    )
