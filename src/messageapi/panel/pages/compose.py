"""Writing a message by hand, with the same call for a program beside it."""

from datetime import datetime

from litestar import get, post

from messageapi.errors import Problem
from messageapi.messages.requests import TextMessage
from messageapi.messages.send import send
from messageapi.numbers import find as numbers
from messageapi.numbers.number import Number
from messageapi.numbers.states import WAITS
from messageapi.panel.gate.forms import Form
from messageapi.panel.message_samples import calls
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.samples import Sample
from messageapi.panel.virtual_phones import Lent, people, sandbox
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors

_ADMIN = {"permission": "admin"}
KEY = "YOUR_API_KEY"
EXAMPLE = "+4915123456789"


@get("/messages/new", opt=_ADMIN)
async def show_new_message(doors: Doors, visitor: Visitor, number: str = "", to: str = "") -> Html:
    return await _page(doors, visitor, Form([("number", number), ("to", to)]))


@post("/messages", opt=_ADMIN)
async def take_new_message(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        request = _request(visitor, form)
        await _switch_on(doors, visitor, form)
        accepted = await send(doors, visitor.caller, request)
    except Problem as problem:
        return await _page(doors, visitor, form, problem)
    said = N_("Message scheduled.") if accepted.status == "scheduled" else N_("Message accepted.")
    return go(visitor, f"/messages/{accepted.id}", said)


@post("/messages/code", opt=_ADMIN)
async def show_code(doors: Doors, visitor: Visitor, form: Form) -> Html:
    """For htmx while somebody writes. It changes nothing; as a form, so that no text stands in an address."""
    return page(visitor, "messages/code.html", samples=_samples(doors, form))


def _request(visitor: Visitor, form: Form) -> TextMessage:
    """Raise Problem time_invalid."""
    at = form.text("send_at")
    try:
        send_at = datetime.fromisoformat(at) if at else None
    except ValueError:
        raise Problem("time_invalid", 422, "The time cannot be read. Choose it again, or leave it empty.") from None
    return TextMessage(
        to=form.text("to"),
        from_=form.text("number") or None,
        text=form.secret("text").replace("\r\n", "\n"),
        send_at=send_at,
        time_zone=visitor.time_zone if send_at else None,
    )


async def _switch_on(doors: Doors, visitor: Visitor, form: Form) -> None:
    """A virtual phone of this account is made the moment somebody writes to it."""
    known = {each.phone: each for each in people(visitor.caller.account_id)}
    lent = known.get("+" + "".join(one for one in form.text("to") if one.isdigit()))
    if lent and doors.settings.sandbox == "on":
        async with sandbox(doors) as control:
            await control.create_phone(lent.phone, lent.name)


async def _page(doors: Doors, visitor: Visitor, form: Form, problem: Problem | None = None) -> Html:
    async with doors.db.reading() as tx:
        mine = await numbers.every(tx, visitor.caller)
    usable = [each for each in mine if each.state in WAITS]
    chosen = next((each for each in usable if each.id == form.text("number")), None)
    chosen = chosen or next((each for each in usable if each.is_default), usable[0] if usable else None)
    lent = _lent(chosen)
    values = {"to": "", "text": "", "send_at": "", "number": "", **form.values()}
    if not values["number"]:
        values["number"] = chosen.id if chosen else ""
    if not values["to"] and lent and problem is None:
        values["to"] = lent[0].phone
    return page(
        visitor,
        "messages/new.html",
        problem,
        values=values,
        numbers=usable,
        chosen=chosen,
        any_number=bool(mine),
        lent=lent,
        samples=_samples(doors, Form(list(values.items()))),
    )


def _lent(number: Number | None) -> list[Lent]:
    """Whom a sandbox number can write to."""
    return people(number.account_id) if number and number.network == "sandbox" else []


def _samples(doors: Doors, form: Form) -> list[Sample]:
    body: dict[str, object] = {"to": form.text("to") or EXAMPLE, "text": form.text("text") or "Hello"}
    if form.text("number"):
        body = {"from": form.text("number"), **body}
    return calls(doors.settings.base_url, KEY, body)


routes = [show_new_message, take_new_message, show_code]
