"""Writing a message by hand, with or without a file, and the same call for a program beside it."""

import mimetypes
from collections.abc import AsyncIterator
from datetime import datetime
from typing import cast

import msgspec
from litestar import get, post

from messageapi.errors import Problem
from messageapi.media.intake import Told
from messageapi.media.upload import Form as Upload
from messageapi.media.upload import upload
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import SendRequest
from messageapi.numbers import find as numbers
from messageapi.numbers.number import Number
from messageapi.numbers.states import WAITS
from messageapi.panel.gate.forms import Form
from messageapi.panel.gate.multipart import Sent
from messageapi.panel.pages.messages.samples import MEDIA, calls
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.samples import Sample
from messageapi.panel.virtual_phones import Lent, people, sandbox
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors
from messageapi.web.words import body_problem

_ADMIN = {"permission": "admin"}
KEY = "YOUR_API_KEY"
EXAMPLE = "+4915123456789"
LARGEST_FILE = 16_000_000
"""It is held in memory while it comes. Larger ones go by the API, which takes them in piece by piece."""
_AROUND = 600_000
"""Most bytes of the form besides: the longest text, as forms write it."""
_PATIENCE_S = 300
KINDS = (
    ("", N_("Whatever it is")),
    ("image", N_("Picture")),
    ("video", N_("Video")),
    ("voice", N_("Voice note")),
    ("audio", N_("Sound")),
    ("document", N_("Document")),
)
"""As what a file is sent."""
_WORDLESS = frozenset({"voice", "audio"})


@get("/messages/new", opt=_ADMIN)
async def show_new_message(doors: Doors, visitor: Visitor, number: str = "", to: str = "") -> Html:
    return await _page(doors, visitor, Form([("number", number), ("to", to)]))


@post("/messages", opt={**_ADMIN, "read_seconds": _PATIENCE_S}, request_max_body_size=LARGEST_FILE + _AROUND)
async def take_new_message(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        if sent := form.file("file"):
            form = await _taken_in(doors, visitor, form, sent)
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
    return page(visitor, "messages/code.html", samples=_samples(doors, visitor, form))


async def _taken_in(doors: Doors, visitor: Visitor, form: Form, sent: Sent) -> Form:
    """The form with the uploaded file's id: when the message is refused, the file need not be chosen again."""
    if len(sent.data) > LARGEST_FILE:
        raise Problem("file_too_large", 413, "From this page go files up to 16 MB. Send larger ones by the API.")
    media = await upload(doors, visitor.caller, Upload(Told(sent.mime, sent.name), _once(sent.data)))
    return form.having(media_id=media.id, file_name=media.filename, mime=media.mime)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _request(visitor: Visitor, form: Form) -> SendRequest:
    """Raise Problem time_invalid or field_invalid."""
    try:
        return cast("SendRequest", msgspec.convert({"type": "text", **_body(visitor, form)}, SendRequest))
    except msgspec.ValidationError as refusal:
        raise body_problem(str(refusal)) from None


def _body(visitor: Visitor, form: Form) -> dict[str, object]:
    """The call that does what the form says. Raise Problem time_invalid or caption_impossible."""
    body: dict[str, object] = {"to": form.text("to")}
    if number := form.text("number"):
        body = {"from": number, **body}
    text = form.secret("text").replace("\r\n", "\n")
    if media := form.text("media_id"):
        body = {"type": _kind(form), **body, "mediaId": media}
        if text and body["type"] in _WORDLESS:
            said = (
                "No words stand below a sound. Empty the text and send it as a message of its own, or send a document."
            )
            raise Problem("caption_impossible", 422, said)
        if text:
            body["caption"] = text
    else:
        body["text"] = text
    return {**body, **_time(visitor, form.text("send_at"))}


def _kind(form: Form) -> str:
    """As chosen, or else what fits the file."""
    if form.text("kind"):
        return form.text("kind")
    mime = form.text("mime") or mimetypes.guess_type(form.text("file_name"))[0] or ""
    kind = mime.partition("/")[0]
    return kind if kind in ("image", "video", "audio") else "document"


def _time(visitor: Visitor, at: str) -> dict[str, object]:
    try:
        return {"sendAt": datetime.fromisoformat(at).isoformat(), "timeZone": visitor.time_zone} if at else {}
    except ValueError:
        raise Problem("time_invalid", 422, "The time cannot be read. Choose it again, or leave it empty.") from None


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
    if chosen and not form.text("number"):
        form = form.having(number=chosen.id)
    if lent and not form.text("to") and problem is None:
        form = form.having(to=lent[0].phone)
    return page(
        visitor,
        "messages/new.html",
        problem,
        form=form,
        numbers=usable,
        any_number=bool(mine),
        lent=lent,
        kinds=KINDS,
        most=LARGEST_FILE,
        samples=_samples(doors, visitor, form),
    )


def _lent(number: Number | None) -> list[Lent]:
    """Whom a sandbox number can write to."""
    return people(number.account_id) if number and number.network == "sandbox" else []


def _samples(doors: Doors, visitor: Visitor, form: Form) -> list[Sample]:
    """What is still missing is an example; a file is uploaded first, as its own call."""
    name = form.text("file_name")
    shown = form.having(
        to=form.text("to") or EXAMPLE,
        text=form.secret("text") or ("" if name else "Hello"),
        media_id=MEDIA if name else "",
    )
    try:
        body = _body(visitor, shown)
    except Problem:  # it is said when the form is sent
        body = _body(visitor, shown.having(text="", send_at=""))
    return calls(doors.settings.base_url, KEY, body, name)


routes = [show_new_message, take_new_message, show_code]
