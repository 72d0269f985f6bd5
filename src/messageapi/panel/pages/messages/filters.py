"""The filters of the message log, as they stand in its address, and which messages they let through."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from messageapi.errors import Problem
from messageapi.messages import find
from messageapi.messages.find import Wanted
from messageapi.messages.states import Status
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors
from messageapi.words.moments import zone_of

CHIPS = (
    ("", N_("All")),
    ("accepted", N_("Waiting")),
    ("scheduled", N_("Scheduled")),
    ("sent", N_("Sent")),
    ("delivered", N_("Delivered")),
    ("read", N_("Read")),
    ("failed", N_("Failed")),
    ("unconfirmed", N_("Unconfirmed")),
    ("received", N_("Received")),
)
_STATES = frozenset(get_args(Status))


class Asked(NamedTuple):
    """`since` and `until` are days of the visitor's calendar, both included."""

    status: str = ""
    number: str = ""
    to: str = ""
    since: str = ""
    until: str = ""

    def address(self, **more: str) -> str:
        """What follows the path, filters that are set alone."""
        given = {name: value for name, value in {**self._asdict(), **more}.items() if value}
        return f"?{urlencode(given)}" if given else ""


async def wanted(doors: Doors, visitor: Visitor, asked: Asked) -> Wanted:
    """Raise Problem recipient_... or day_invalid, each 422. A status nobody has is passed over."""
    return Wanted(
        number=asked.number or None,
        chats=await find.chats(doors, visitor.caller, asked.to) if asked.to.strip() else None,
        status=asked.status if asked.status in _STATES else None,  # type: ignore[arg-type]
        since=_midnight(visitor, asked.since, 0),
        until=_midnight(visitor, asked.until, 1),
    )


def _midnight(visitor: Visitor, day: str, later: int) -> int | None:
    """At which that day begins for the visitor, or the one after it."""
    if not day:
        return None
    try:
        begins = date.fromisoformat(day) + timedelta(days=later)
        return round(datetime.combine(begins, time(), zone_of(visitor.time_zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Problem("day_invalid", 422, "Write a day as in 2026-11-22, or leave it empty.") from None
