"""The site's pages: what the product is, the quickstart, the documents, the API reference, the list of errors."""

import secrets

from litestar import get, post

from messageapi.errors import Problem
from messageapi.keys.create import create_key
from messageapi.numbers import find as numbers
from messageapi.numbers.number import Number
from messageapi.panel.gate.roles import may
from messageapi.panel.render import Html
from messageapi.panel.samples import sending
from messageapi.panel.visitor import Visitor
from messageapi.site.documents import documents, of_section, rendered
from messageapi.site.show import show
from messageapi.web.codes.every import CODES
from messageapi.web.doors import Doors

_OPEN = {"permission": "open", "shared": True}
KEY, RECIPIENT = "msg_...", "4915123456789"
_FRIEND = "+12025550102"
"""A virtual phone that the sandbox has from the start."""
_USUAL = ("messages:send", "messages:read", "numbers:read")


@get("/", opt=_OPEN, sync_to_thread=False)
def landing(doors: Doors, visitor: Visitor) -> Html:
    return show(doors, visitor, "landing.html", samples=sending(doors.settings.base_url, KEY, RECIPIENT))


@get("/docs", opt=_OPEN, sync_to_thread=False)
def docs(doors: Doors, visitor: Visitor) -> Html:
    return show(doors, visitor, "docs.html", howtos=of_section("howto"), references=of_section("reference"))


@get("/docs/quickstart", opt=_OPEN)
async def quickstart(doors: Doors, visitor: Visitor) -> Html:
    return await _quickstart(doors, visitor)


@post("/docs/quickstart/key", opt={"permission": "admin"})
async def take_quickstart(doors: Doors, visitor: Visitor) -> Html:
    """A key made for the samples on this page, which show it this once."""
    made = await create_key(doors, visitor.caller, name="Quickstart", scopes=_USUAL)
    return await _quickstart(doors, visitor, made.key)


async def _quickstart(doors: Doors, visitor: Visitor, key: str = "") -> Html:
    number = await _sender(doors, visitor)
    samples = sending(doors.settings.base_url, key or KEY, _recipient(number))
    creates = visitor.signed_in is not None and may(visitor.signed_in.role, "admin")
    return show(doors, visitor, "quickstart.html", samples=samples, number=number, key=key, creates=creates)


async def _sender(doors: Doors, visitor: Visitor) -> Number | None:
    """The number that sends when a call names none."""
    if visitor.signed_in is None:
        return None
    async with doors.db.reading() as tx:
        linked = [each for each in await numbers.every(tx, visitor.caller) if each.linked and each.phone]
    return min(linked, key=lambda each: not each.is_default, default=None)


def _recipient(number: Number | None) -> str:
    """The first message goes to oneself, or within the sandbox."""
    if number is None or number.phone is None:
        return RECIPIENT
    return _FRIEND if number.network == "sandbox" else number.phone


@get("/docs/errors", opt=_OPEN, sync_to_thread=False)
def errors(doors: Doors, visitor: Visitor) -> Html:
    return show(doors, visitor, "errors.html", codes=CODES)


@get("/docs/api", opt=_OPEN, sync_to_thread=False)
def reference(doors: Doors, visitor: Visitor) -> Html:
    """Scalar writes its styles with scripts; they carry a nonce, so that the policy need not allow inline styles."""
    nonce = secrets.token_urlsafe(18)
    answer = show(doors, visitor, "reference.html", nonce=nonce)
    answer.headers["content-security-policy"] = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'"
    )
    return answer


@get("/docs/{section:str}/{name:str}", opt=_OPEN, sync_to_thread=False)
def document(doors: Doors, visitor: Visitor, section: str, name: str) -> Html:
    found = documents().get((section, name))
    if found is None:
        raise Problem("route_unknown", 404, "There is nothing at this address.")
    words = rendered(found, doors.settings.base_url)
    return show(
        doors,
        visitor,
        "document.html",
        document=found,
        words=words,
        howtos=of_section("howto"),
        references=of_section("reference"),
    )


ROUTES = (landing, docs, quickstart, take_quickstart, errors, reference, document)
