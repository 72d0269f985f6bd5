"""Numbers: the list with the state of each in words, a new one, and one with what can be done about it."""

import msgspec
from litestar import get, post

from messageapi.engines.port import Network
from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.create import create
from messageapi.numbers.linking.link import link
from messageapi.numbers.number import Number
from messageapi.numbers.states import HELD, REASONS
from messageapi.pacing.find import paces
from messageapi.pacing.limits import paced
from messageapi.pacing.schemas import pacing_view
from messageapi.panel.gate.forms import Form
from messageapi.panel.live import news, tag
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.web import paging
from messageapi.web.doors import Doors

LISTING = "panel:numbers"
PER_PAGE = 25
_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
LINKABLE = frozenset({"created", "logged_out"})
BEING_LINKED = frozenset({"linking", "passkey_required"})
ENDED = frozenset({"stopped", "replaced", "banned"})
ALL_WELL = N_("It sends and receives.")


@get("/numbers", opt=_VIEWER)
async def list_numbers(doors: Doors, visitor: Visitor, cursor: str | None = None) -> Html:
    return page(visitor, "numbers/list.html", **await _list(doors, visitor, cursor))


@get("/numbers/now", opt=_VIEWER)
async def list_numbers_now(doors: Doors, visitor: Visitor, cursor: str | None = None, seen: str = "") -> Html:
    """What htmx asks for while the list is open."""
    return news(visitor, "numbers/list_now.html", seen, await _list(doors, visitor, cursor))


async def _list(doors: Doors, visitor: Visitor, cursor: str | None) -> dict[str, object]:
    caller = visitor.caller
    sealer = await doors.keyring.sealer(caller.account_id)
    after = paging.position(sealer, LISTING, cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await find.page(tx, caller, after, PER_PAGE + 1)
    return {
        "shown": paging.page(sealer, LISTING, [(each.id, each) for each in found], PER_PAGE),
        "seen": tag([_apart_from_times(each) for each in found]),
        "cursor": cursor or "",
        "why": why,
        "linkable": LINKABLE,
    }


@get("/numbers/new", opt=_ADMIN)
async def show_new_number(doors: Doors, visitor: Visitor) -> Html:
    return _new(doors, visitor, Form())


@post("/numbers", opt=_ADMIN)
async def take_new_number(doors: Doors, visitor: Visitor, form: Form) -> Html:
    """Linking begins at once: the next page shows the code."""
    network: Network = "sandbox" if form.text("network") == "sandbox" else "whatsapp"
    try:
        made = await create(doors, visitor.caller, name=form.text("name"), network=network)
    except Problem as problem:
        return _new(doors, visitor, form, problem)
    try:
        await link(doors, visitor.caller, made.id, "qr")
    except Problem as problem:
        return go(visitor, f"/numbers/{made.id}/link", problem.message, "bad")
    return go(visitor, f"/numbers/{made.id}/link")


def _new(doors: Doors, visitor: Visitor, form: Form, problem: Problem | None = None) -> Html:
    return page(visitor, "numbers/new.html", problem, form=form, sandbox=doors.settings.sandbox == "on")


@get("/numbers/{number_id:str}", opt=_VIEWER)
async def show_number(doors: Doors, visitor: Visitor, number_id: str) -> Html:
    return page(visitor, "numbers/one.html", **await _one(doors, visitor, number_id))


@get("/numbers/{number_id:str}/now", opt=_VIEWER)
async def show_number_now(doors: Doors, visitor: Visitor, number_id: str, seen: str = "") -> Html:
    """Its state, for htmx."""
    return news(visitor, "numbers/one_now.html", seen, await _one(doors, visitor, number_id))


async def _one(doors: Doors, visitor: Visitor, number_id: str) -> dict[str, object]:
    caller = visitor.caller
    async with doors.db.reading() as tx:
        number = await find.one(tx, caller, number_id)
        pace = (await paces(tx, caller, [number_id]))[number_id]
    return {
        "number": number,
        "seen": tag(_apart_from_times(number)),
        "why": why(number),
        "pacing": pacing_view(pace, visitor.now, on=paced(number.network, number.paced)),
        "runs": number.state in HELD,
        "linkable": number.state in LINKABLE,
        "linking": number.state in BEING_LINKED,
        "restarts": number.state in HELD | ENDED,
        "sandbox": number.network == "sandbox" and doors.settings.sandbox == "on",
    }


def _apart_from_times(number: Number) -> Number:
    """WhatsApp is heard all the time; that alone draws nothing anew."""
    return msgspec.structs.replace(number, evidence_at=None)


def why(number: Number) -> str:
    """The state in a sentence, with what to do next."""
    if number.state == "connected":
        return ALL_WELL
    return number.reason or REASONS.get(number.reason_code or number.state, "")


routes = [
    list_numbers,
    list_numbers_now,
    show_new_number,
    take_new_number,
    show_number,
    show_number_now,
]
