"""Messages: the log with its filters in the address, one with its timeline, the log as a file, canceling."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.response import Stream

from messageapi.errors import Problem
from messageapi.messages import find
from messageapi.messages.cancel import cancel
from messageapi.messages.find import Wanted
from messageapi.messages.schemas import MessageView
from messageapi.messages.states import SETTLED, WAITING
from messageapi.numbers import find as numbers
from messageapi.numbers.number import Number
from messageapi.panel.live import news, tag
from messageapi.panel.look import MESSAGE_STATES
from messageapi.panel.pages.messages.filters import CHIPS, Asked, wanted
from messageapi.panel.pages.messages.table_file import lines
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.virtual_phones import people
from messageapi.panel.visitor import Visitor
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors

LISTING = "panel:messages"
PER_PAGE = 50
_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
_WORDS = {"accepted": N_("Accepted"), "received": N_("Received")}
"""A moment in the past, where the badge says how things are."""
_AHEAD = ("sent", "delivered", "read")


class Reached(NamedTuple):
    """One step of a timeline."""

    tone: str
    word: str
    at: int | None
    gap: str


def _asked(status: str = "", number: str = "", to: str = "", since: str = "", until: str = "") -> Asked:
    """From the address."""
    return Asked(status, number, to, since, until)


Filters = NamedDependency[Asked]
_FILTERED = {"asked": Provide(_asked, sync_to_thread=False)}


@get("/messages", opt=_VIEWER, dependencies=_FILTERED)
async def list_messages(doors: Doors, visitor: Visitor, asked: Filters, cursor: str | None = None) -> Html:
    try:
        return page(visitor, "messages/list.html", **await _listed(doors, visitor, asked, cursor))
    except Problem as problem:
        if problem.status != 422:
            raise
        facts = await _listed(doors, visitor, Asked(asked.status, asked.number), None)
        return page(visitor, "messages/list.html", problem, **{**facts, "asked": asked, "live": False})


@get("/messages/now", opt=_VIEWER, dependencies=_FILTERED)
async def list_messages_now(doors: Doors, visitor: Visitor, asked: Filters, seen: str = "") -> Html:
    """The newest, for htmx."""
    return news(visitor, "messages/list_now.html", seen, await _listed(doors, visitor, asked, None))


async def _listed(doors: Doors, visitor: Visitor, asked: Asked, cursor: str | None) -> dict[str, object]:
    caller = visitor.caller
    sealer = await doors.keyring.sealer(caller.account_id)
    after = int(paging.position(sealer, LISTING, cursor)) if cursor else None
    found = await find.page(doors, caller, await wanted(doors, visitor, asked), after=after, limit=PER_PAGE + 1)
    async with doors.db.reading() as tx:
        mine = await numbers.every(tx, caller)
    shown = paging.page(sealer, LISTING, found, PER_PAGE)
    return {
        "shown": shown,
        "seen": tag([(each.id, each.status, each.edited_at) for each in shown.items]),
        "asked": asked,
        "numbers": mine,
        "names": {each.id: each.name for each in mine},
        "chips_of": CHIPS,
        "later": bool(cursor),
        "live": not cursor,
        "ms": ms,
    }


@get("/messages/export.csv", opt=_VIEWER, dependencies=_FILTERED)
async def export_messages(doors: Doors, visitor: Visitor, asked: Filters) -> Stream:
    """All that the filters let through, newest first; nothing is gathered in memory."""
    found = _everything(doors, visitor.caller, await wanted(doors, visitor, asked))
    headers = {"content-disposition": 'attachment; filename="messages.csv"', "x-content-type-options": "nosniff"}
    return Stream(lines(found), media_type="text/csv", headers=headers)


async def _everything(doors: Doors, caller: Caller, chosen: Wanted) -> AsyncIterator[MessageView]:
    after: int | None = None
    while found := await find.page(doors, caller, chosen, after=after, limit=paging.LARGEST):
        for _, message in found:
            yield message
        after = int(found[-1][0])


@get("/messages/{message_id:str}", opt=_VIEWER)
async def show_message(doors: Doors, visitor: Visitor, message_id: str) -> Html:
    return page(visitor, "messages/one.html", **await _one(doors, visitor, message_id))


@get("/messages/{message_id:str}/now", opt=_VIEWER)
async def show_message_now(doors: Doors, visitor: Visitor, message_id: str, seen: str = "") -> Html:
    return news(visitor, "messages/one_now.html", seen, await _one(doors, visitor, message_id))


@post("/messages/{message_id:str}/cancel", opt=_ADMIN)
async def take_cancel(doors: Doors, visitor: Visitor, message_id: str) -> Html:
    await cancel(doors, visitor.caller, message_id)
    return go(visitor, f"/messages/{message_id}", N_("Message canceled. It is not sent."))


async def _one(doors: Doors, visitor: Visitor, message_id: str) -> dict[str, object]:
    message = await find.one(doors, visitor.caller, message_id)
    async with doors.db.reading() as tx:
        mine = {each.id: each for each in await numbers.every(tx, visitor.caller)}
    number = mine.get(message.number)
    return {
        "message": message,
        "virtual": _virtual(doors, number, message.phone),
        "seen": tag(message),
        "moments": reached(message),
        "number": number,
        "cancelable": message.status in WAITING and message.direction == "outbound",
        "moving": message.status not in SETTLED or message.status in {"sent", "delivered", "unconfirmed"},
        "ms": ms,
    }


def _virtual(doors: Doors, number: Number | None, phone: str | None) -> str:
    """Which of the account's virtual phones has the chat; empty for none."""
    if number is None or number.network != "sandbox" or not number.phone or doors.settings.sandbox == "off":
        return ""
    return next((each.key for each in people(number.account_id) if each.phone == phone), "")


def reached(message: MessageView) -> list[Reached]:
    """What happened, with the time between; and what is still to come of a message that goes well."""
    steps: list[Reached] = []
    before: int | None = None
    for each in message.timeline:
        at, look = ms(each.at), MESSAGE_STATES.get(each.status)
        gap = _gap(at - before) if at is not None and before is not None else ""
        word = _WORDS.get(each.status) or look.word if look else each.status.replace("_", " ").capitalize()
        steps.append(Reached(look.tone if look else "wait", word, at, gap))
        before = at
    if message.direction == "outbound" and message.status in {"scheduled", "accepted", "sending", *_AHEAD}:
        done = {each.status for each in message.timeline}
        ahead = _AHEAD[_AHEAD.index(message.status) + 1 :] if message.status in _AHEAD else _AHEAD
        steps += [Reached("", MESSAGE_STATES[each].word, None, "") for each in ahead if each not in done]
    return steps


def _gap(passed: int) -> str:
    """`+340 ms`, `+2.4 s`, `+3 min 20 s`, `+2 h 5 min`"""
    seconds = passed / 1000
    if seconds < 1:
        return f"+{max(passed, 0)} ms"
    if seconds < 60:
        return f"+{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"+{minutes} min {rest} s" if minutes < 60 else f"+{minutes // 60} h {minutes % 60} min"


def ms(at: str | None) -> int | None:
    """A time as the API writes it, as pages show times."""
    return int(datetime.fromisoformat(at).timestamp() * 1000) if at else None


routes = [
    list_messages,
    list_messages_now,
    export_messages,
    show_message,
    show_message_now,
    take_cancel,
]
