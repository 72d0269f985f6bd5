"""The virtual phone of a sandbox number: chats, bubbles, ticks, a reply box, files, and the airplane switch."""

import base64

from litestar import get, post

from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.number import Number
from messageapi.panel.chats import Bubble, Screen, screen
from messageapi.panel.gate.forms import Form
from messageapi.panel.live import news, tag
from messageapi.panel.pages.numbers.show import LINKABLE
from messageapi.panel.render import Html, go, page
from messageapi.panel.virtual_phones import OWNER, PEOPLE, Lent, lent, owners, people, require_sandbox, sandbox
from messageapi.panel.visitor import Visitor
from messageapi.sandbox.client import SandboxControl, SandboxError
from messageapi.sandbox.draft import Draft, DraftMedia, Kind
from messageapi.web.doors import Doors

_ADMIN = {"permission": "admin"}
_FIRST = PEOPLE[0].lower()
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_MOST_PICTURES = 6
_LARGEST_PICTURE = 400_000
LARGEST_FILE = 900_000
_LONGEST = 65_536


@get("/numbers/{number_id:str}/phone", opt=_ADMIN)
async def show_phone(doors: Doors, visitor: Visitor, number_id: str, who: str = _FIRST, chat: str = "") -> Html:
    return page(visitor, "phone/phone.html", **await _facts(doors, visitor, number_id, (who, chat)))


@get("/numbers/{number_id:str}/phone/now", opt=_ADMIN)
async def show_phone_now(
    doors: Doors, visitor: Visitor, number_id: str, who: str = _FIRST, chat: str = "", seen: str = ""
) -> Html:
    """Its screen, for htmx."""
    return news(visitor, "phone/screen.html", seen, await _facts(doors, visitor, number_id, (who, chat)))


@post("/numbers/{number_id:str}/phone/send", opt=_ADMIN)
async def take_reply(doors: Doors, visitor: Visitor, form: Form, number_id: str) -> Html:
    """The person with this phone writes."""
    number = await _number(doors, visitor, number_id)
    phone, chat = lent(number, form.text("who")), form.text("chat")
    draft = _draft(form, chat)
    if draft is not None:
        async with sandbox(doors) as control:
            await control.create_phone(phone.phone, phone.name[:100])
            await control.write(phone.phone, draft)
    return go(visitor, _address(number_id, phone, chat))


@post("/numbers/{number_id:str}/phone/airplane", opt=_ADMIN)
async def take_airplane(doors: Doors, visitor: Visitor, form: Form, number_id: str) -> Html:
    """What is sent to a phone without a connection waits until it is back."""
    number = await _number(doors, visitor, number_id)
    phone = lent(number, form.text("who"))
    async with sandbox(doors) as control:
        await control.create_phone(phone.phone, phone.name[:100])
        await control.change(phone.phone, online=not form.on("airplane"))
    return go(visitor, _address(number_id, phone, form.text("chat")))


def _draft(form: Form, chat: str) -> Draft | None:
    """Nothing, when nothing was written. Raise Problem file_too_large."""
    text = form.secret("text").replace("\r\n", "\n")[:_LONGEST]
    if not chat:
        return None
    if sent := form.file("file"):
        if len(sent.data) > LARGEST_FILE:
            raise Problem("file_too_large", 413, "This phone sends files up to 900 kB. Choose a smaller one.")
        kind: Kind = "image" if sent.mime in _PICTURES else "document"
        media = DraftMedia(data=sent.data, mime=sent.mime[:200], filename=sent.name[:200])
        return Draft(to=chat, type=kind, text=text, media=media)
    return Draft(to=chat, text=text) if text.strip() else None


def _address(number_id: str, phone: Lent, chat: str) -> str:
    onward = f"&chat={chat.replace('+', '%2B')}" if chat and all(one.isalnum() or one in "+@.-" for one in chat) else ""
    return f"/numbers/{number_id}/phone?who={phone.key}{onward}"


async def _number(doors: Doors, visitor: Visitor, number_id: str) -> Number:
    """Raise Problem number_not_found or phone_real."""
    async with doors.db.reading() as tx:
        number = await find.one(tx, visitor.caller, number_id)
    require_sandbox(number)
    return number


async def _facts(doors: Doors, visitor: Visitor, number_id: str, shown: tuple[str, str]) -> dict[str, object]:
    who, chat = shown
    number = await _number(doors, visitor, number_id)
    phone = lent(number, who)
    async with sandbox(doors) as control:
        now = await screen(control, phone.phone, doors.clock())
        bubbles = now.of(chat)
        seen = tag(
            who, chat, number.state, now.online, bubbles[-1:], len(bubbles), now.chats, now.typing, _ticks(bubbles)
        )
        pictures = await _pictures(control, phone, bubbles)
    return {
        "number": number,
        "phone": phone,
        "phones": [*people(number.account_id), owners(number)],
        "names": _names(number),
        "most": LARGEST_FILE,
        "screen": now,
        "chats": _chats(number, phone, now),
        "chat": chat,
        "bubbles": bubbles,
        "pictures": pictures,
        "seen": seen,
        "owner": phone.key == OWNER,
        "scans": phone.key == OWNER and number.state in {*LINKABLE, "linking"},
    }


def _ticks(bubbles: list[Bubble]) -> list[object]:
    return [(each.ticks, each.flags, each.reactions) for each in bubbles]


def _names(number: Number) -> dict[str, str]:
    return {each.phone: each.name for each in (*people(number.account_id), owners(number))}


def _chats(number: Number, phone: Lent, now: Screen) -> list[tuple[str, Bubble | None]]:
    """Those that there are; and for a person the number itself, to begin one."""
    found: list[tuple[str, Bubble | None]] = list(now.chats)
    if phone.key != OWNER and number.phone and number.phone not in dict(now.chats):
        found.append((number.phone, None))
    return found


async def _pictures(control: SandboxControl, phone: Lent, bubbles: list[Bubble]) -> dict[str, str]:
    """The newest few, inside the page: a picture that somebody sent never has an address of ours."""
    found: dict[str, str] = {}
    for each in [each for each in bubbles if each.n and each.mime in _PICTURES][-_MOST_PICTURES:]:
        try:
            data = await control.media(phone.phone, each.n)
        except SandboxError:
            continue
        if len(data) <= _LARGEST_PICTURE:
            found[each.id] = f"data:{each.mime};base64,{base64.b64encode(data).decode()}"
    return found


routes = [show_phone, show_phone_now, take_reply, take_airplane]
