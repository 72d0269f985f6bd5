"""What a request says, as a letter: people and messages looked up, files fetched, cards and polls made whole."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import msgspec

from messageapi.contacts.written import addressed
from messageapi.media.preview import link_in
from messageapi.media.source import Kind, Source
from messageapi.messages import errors
from messageapi.messages.content.cards import card
from messageapi.messages.content.files import Files
from messageapi.messages.content.people import person
from messageapi.messages.content.requests import (
    TEXT_LENGTH,
    ContactMessage,
    LocationMessage,
    MediaMessage,
    PollMessage,
    ReactionMessage,
    Reference,
    SendRequest,
    TextMessage,
    Worded,
)
from messageapi.messages.content.targets import About, about
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Contact, Content, Letter, Location, Poll, Reaction, Text, words
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.vocab.phone import Recipient
from messageapi.web.doors import Doors

POLL_SECRET = 32
TYPING_LEAST_MS = 1_000
TYPING_MOST_MS = 8_000
TYPING_MS_EACH = 40
"""About 25 characters a second: a quick typist, who is believed and does not hold up the queue."""

MEDIA_KINDS: tuple[Kind, ...] = get_args(Kind)


class Written(msgspec.Struct, frozen=True):
    """A letter, the message it is about, and the blobs it needs."""

    type: str
    letter: Letter
    about: About | None = None
    media: tuple[str, ...] = ()


class Writing(msgspec.Struct, frozen=True):
    """A request on its way to become a letter. `files`: shared with other messages of the same request."""

    to: Recipient
    request: Any
    files: Files | None = None


async def written(doors: Doors, caller: Caller, writing: Writing) -> Written:
    """Raise Problem. Takes as long as fetching its file does."""
    desk = _Desk(doors, caller, writing)
    request = writing.request
    return await (_reaction(desk, request) if isinstance(request, ReactionMessage) else _worded(desk, request))


class _Desk:
    """Where one letter is written."""

    def __init__(self, doors: Doors, caller: Caller, writing: Writing) -> None:
        self.doors = doors
        self.caller = caller
        self.to = writing.to
        self._files = writing.files

    @property
    def files(self) -> Files:
        return self._files or Files(self.doors, self.caller)

    async def about(self, reference: str | Reference) -> About:
        return await about(self.doors, self.caller, reference, self.to)


async def _worded(desk: _Desk, request: Worded) -> Written:
    answered = await desk.about(request.reply_to) if request.reply_to is not None else None
    mentions = await _mentions(desk, request)
    content = await _CONTENT[type(request)](desk, request)
    letter = Letter(
        content=content,
        quote=answered.quote if answered else None,
        mentions=mentions,
        mentions_all=request.mentions == "all",
        forwarded=request.forwarded,
        typing_ms=typing_ms(request.typing, content),
    )
    media = getattr(content, "media", None)
    return Written(kind_of(request), letter, answered, (media.name,) if media else ())


def kind_of(request: msgspec.Struct) -> str:
    """Its `type`."""
    return str(request.__struct_config__.tag)


def typing_ms(wish: bool | int, content: Content) -> int:
    if wish is True:
        return min(TYPING_MOST_MS, TYPING_LEAST_MS + TYPING_MS_EACH * len(words(content)))
    return int(wish)


def checked_text(text: str) -> str:
    """Raise Problem text_missing, text_too_long or text_malformed."""
    if not text.strip():
        raise errors.text_missing()
    if len(text) > TEXT_LENGTH:
        raise errors.text_too_long()
    try:
        text.encode()
    except UnicodeEncodeError:
        raise errors.text_malformed() from None
    return text


async def _mentions(desk: _Desk, request: Worded) -> list[str]:
    if request.mentions == "all":
        if not desk.to.jid.endswith(f"@{GROUP_SERVER}"):
            raise errors.mention_invalid("`all` can be mentioned in a group only. List people, or leave it out.")
        return []
    people = [await person(desk.doors, desk.caller, each) for each in request.mentions or ()]
    return [each.jid for each in people]


async def _reaction(desk: _Desk, request: ReactionMessage) -> Written:
    found = await desk.about(request.target)
    content = Reaction(target=found.target, emoji=request.emoji)
    return Written("reaction", Letter(content=content, typing_ms=typing_ms(request.typing, content)), found)


async def _text(desk: _Desk, request: TextMessage) -> Content:
    text = checked_text(request.text)
    link = link_in(text) if request.preview else None
    return Text(text, await desk.files.preview(link) if link else None)


async def _file(desk: _Desk, request: MediaMessage) -> Content:
    given = [each for each in (request.url, request.media_id, request.base64) if each is not None]
    if len(given) != 1:
        raise errors.media_source(len(given))
    source = Source(
        url=request.url or "",
        media_id=request.media_id or "",
        base64=request.base64 or "",
        filename=getattr(request, "filename", ""),
    )
    kind = next(each for each in MEDIA_KINDS if each == request.__struct_config__.tag)
    attached = await desk.files.attach(kind, source)
    caption = getattr(request, "caption", "")
    return msgspec.structs.replace(attached, caption=caption) if caption else attached


async def _location(_: _Desk, request: LocationMessage) -> Content:
    return Location(latitude=request.latitude, longitude=request.longitude, name=request.name, address=request.address)


async def _contact(desk: _Desk, request: ContactMessage) -> Content:
    cards = []
    for each in request.contacts:
        if (each.phone is None) == (each.vcard is None):
            raise errors.field_invalid("contacts", "need either `phone` or `vcard` each. Give one of the two.")
        phone = (await addressed(desk.doors, desk.caller, each.phone)).phone if each.phone else None
        cards.append(card(each, phone))
    return Contact(cards)


async def _poll(_: _Desk, request: PollMessage) -> Content:
    if len(set(request.options)) < len(request.options):
        raise errors.field_invalid("options", "has the same answer twice. Make them differ.")
    if request.choices > len(request.options):
        raise errors.field_invalid("choices", "is larger than the number of options. Lower it.")
    secret = secrets.token_bytes(POLL_SECRET)
    return Poll(question=request.question, options=request.options, choices=request.choices, secret=secret)


_Maker = Callable[[_Desk, Any], Awaitable[Content]]
_CONTENT: dict[type, _Maker] = {
    TextMessage: _text,
    LocationMessage: _location,
    ContactMessage: _contact,
    PollMessage: _poll,
    **{each: _file for each in get_args(SendRequest) if issubclass(each, MediaMessage)},
}
