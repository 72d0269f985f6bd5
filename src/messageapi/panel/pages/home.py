"""Home: the numbers and their state, what became of the messages, what needs attention, and the first steps."""

from datetime import UTC, datetime, time
from typing import NamedTuple

import msgspec
from litestar import get

from messageapi.keys import find as keys
from messageapi.messages.tally import rows as tally
from messageapi.messages.tally.days import Day, Group, last_days
from messageapi.numbers import find as numbers
from messageapi.numbers.number import Number
from messageapi.panel.attention import Line, lines
from messageapi.panel.live import news, tag
from messageapi.panel.render import Html, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors
from messageapi.webhooks import find as webhooks

DAYS = 30
_A_DAY = 86_400_000
SERIES: tuple[tuple[str, str, Group], ...] = (
    (N_("Read"), "one", "read"),
    (N_("Delivered"), "two", "delivered"),
    (N_("Sent"), "three", "sent"),
    (N_("Waiting"), "rest", "waiting"),
    (N_("Failed"), "bad", "failed"),
)
"""What the chart stacks, from the ground up: word, colour, group."""


COUNTED: tuple[tuple[str, str, tuple[Group, ...]], ...] = (
    (N_("Sent today"), "", ()),
    (N_("Delivered"), "two", ("read", "delivered")),
    (N_("Read"), "one", ("read",)),
    (N_("Failed"), "bad", ("failed",)),
)
"""Above the chart: word, colour, and the groups that count; without one, all that was taken to be sent."""


class Count(NamedTuple):
    """`before`: in all the days of the chart."""

    word: str
    tone: str
    today: int
    before: int


class Step(NamedTuple):
    """One of the first things to do."""

    title: str
    sentence: str
    address: str
    button: str
    done: bool


class Present(NamedTuple):
    """How things stand now."""

    numbers: list[Number]
    attention: list[Line]
    steps: list[Step]


@get("/home", opt={"permission": "viewer"})
async def home(doors: Doors, visitor: Visitor) -> Html:
    days = await last_days(doors, visitor.caller, visitor.time_zone, DAYS)
    present, shown = await _present(doors, visitor), {"days": days, "chart": _chart(days), "series": SERIES}
    return page(visitor, "home/home.html", counts=_counts(days), **shown, **_now(present))


@get("/home/now", opt={"permission": "viewer"})
async def home_now(doors: Doors, visitor: Visitor, seen: str = "") -> Html:
    """What changes by itself: htmx asks for it while the page is open."""
    return news(visitor, "home/now.html", seen, _now(await _present(doors, visitor)))


def _now(present: Present) -> dict[str, object]:
    numbers = [(each.id, each.name, each.phone, each.state) for each in present.numbers]
    return {"present": present, "seen": tag(numbers, present.attention, present.steps)}


async def _present(doors: Doors, visitor: Visitor) -> Present:
    caller, now = visitor.caller, visitor.now
    async with doors.db.reading() as tx:
        mine = await numbers.every(tx, caller)
        endpoints = await webhooks.page(tx, caller, None, 100)
        newest = await keys.page(tx, caller, None, 100)
        failing = await tally.failing(tx, caller, now - _A_DAY, 3)
        sent = await tally.any_sent(tx, caller)
    steps = [
        Step(
            N_("Link a number"),
            N_("Scan a QR code with your phone, or take a sandbox number to try things without one."),
            "/numbers/new",
            N_("Add number"),
            any(number.linked for number in mine),
        ),
        Step(
            N_("Create an API key"),
            N_("Your program sends it with every call."),
            "/keys/new",
            N_("Create key"),
            any(key.revoked_at is None for key in newest),
        ),
        Step(N_("Send a message"), N_("From this page, or with one call."), "/messages/new", N_("Write message"), sent),
        Step(
            N_("Receive events"),
            N_("Have answers and receipts posted to your server as they happen."),
            "/webhooks/new",
            N_("Add endpoint"),
            bool(endpoints),
        ),
    ]
    return Present(mine, lines(mine, endpoints, failing, newest, now), steps)


def _counts(days: list[Day]) -> list[Count]:
    found = []
    for word, tone, groups in COUNTED:
        each_day = [day.of(*groups) if groups else day.taken for day in days]
        found.append(Count(word, tone, each_day[-1], sum(each_day)))
    return found


def _chart(days: list[Day]) -> str:
    """For chart.js. Each day as its noon in UTC: no shift of an hour makes it another."""
    noons = [int(datetime.combine(each.day, time(12), UTC).timestamp()) for each in days]
    series = [{"name": name, "tone": tone, "values": [each.of(group) for each in days]} for name, tone, group in SERIES]
    return msgspec.json.encode({"days": noons, "series": series}).decode()


routes = [home, home_now]
