"""Messages: the log with its filters in the address, one with its timeline, the log as a file, canceling."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from litestar import get, post
from litestar.response import Stream

from messageapi.errors import Problem
from messageapi.messages import find
from messageapi.messages.cancel import cancel
from messageapi.messages.find import Wanted
from messageapi.messages.schemas import MessageView
from messageapi.messages.states import SETTLED, WAITING, Status
from messageapi.numbers import find as numbers
from messageapi.numbers.number import Number
from messageapi.panel.live import news, tag
from messageapi.panel.look import MESSAGE_STATES
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.table_file import lines
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
STATES = frozenset(get_args(Status))
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


class Asked(NamedTuple):
    """The filters, as they stand in the address."""

    status: str
    number: str
    to: str

    def address(self, **more: str) -> str:
        """What follows the path, filters that are set alone."""
        given = {name: value for name, value in {**self._asdict(), **more}.items() if value}
        return f"?{urlencode(given)}" if given else ""


class Reached(NamedTuple):
    """One step of a timeline."""

    tone: str
    word: str
    at: int | None
    gap: str


@get("/messages", opt=_VIEWER)
async def list_messages(
    doors: Doors, visitor: Visitor, status: str = "", number: str = "", to: str = "", cursor: str | None = None
) -> Html:
    asked = Asked(status, number, to)
    try:
        facts = await _listed(doors, visitor, asked, cursor)
    except Problem as problem:
        if not problem.code.startswith("recipient_"):
            raise
        facts = {**await _listed(doors, visitor, Asked(status, number, ""), None), "asked": asked}
        return page(visitor, "messages/list.html", problem=problem, **{"status": 422, **facts})  # type: ignore[arg-type]
    return page(visitor, "messages/list.html", status=200, problem=None, **facts)


@get("/messages/now", opt=_VIEWER)
async def list_messages_now(
    doors: Doors, visitor: Visitor, status: str = "", number: str = "", to: str = "", seen: str = ""
) -> Html:
    """The newest, for htmx."""
    return news(visitor, "messages/list_now.html", seen, await _listed(doors, visitor, Asked(status, number, to), None))


async def _listed(doors: Doors, visitor: Visitor, asked: Asked, cursor: str | None) -> dict[str, object]:
    caller = visitor.caller
    sealer = await doors.keyring.sealer(caller.account_id)
    after = int(paging.position(sealer, LISTING, cursor)) if cursor else None
    wanted = await _wanted(doors, caller, asked)
    found = await find.page(doors, caller, wanted, after=after, limit=PER_PAGE + 1)
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
        "ms": ms,
    }


async def _wanted(doors: Doors, caller: Caller, asked: Asked) -> Wanted:
    """Raise Problem recipient_... for a recipient that is none. A status nobody has finds nothing."""
    return Wanted(
        number=asked.number or None,
        chats=await find.chats(doors, caller, asked.to) if asked.to.strip() else None,
        status=asked.status if asked.status in STATES else None,  # type: ignore[arg-type]
    )


@get("/messages/export.csv", opt=_VIEWER)
async def export_messages(doors: Doors, visitor: Visitor, status: str = "", number: str = "", to: str = "") -> Stream:
    """All that the filters let through, newest first; nothing is gathered in memory."""
    wanted = await _wanted(doors, visitor.caller, Asked(status, number, to))
    headers = {"content-disposition": 'attachment; filename="messages.csv"', "x-content-type-options": "nosniff"}
    found = _everything(doors, visitor.caller, wanted)
    return Stream(lines(found), media_type="text/csv", headers=headers)


async def _everything(doors: Doors, caller: Caller, wanted: Wanted) -> AsyncIterator[MessageView]:
    after: int | None = None
    while found := await find.page(doors, caller, wanted, after=after, limit=paging.LARGEST):
        for _, message in found:
            yield message
        after = int(found[-1][0])


@get("/messages/{message_id:str}", opt=_VIEWER)
async def show_message(doors: Doors, visitor: Visitor, message_id: str) -> Html:
    return page(visitor, "messages/one.html", status=200, **await _one(doors, visitor, message_id))


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
