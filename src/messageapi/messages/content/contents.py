"""A letter as everybody may see it: without keys, secrets and pictures of pictures."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from messageapi.contacts.person import PEOPLE, Contact
from messageapi.vocab.content import (
    Answer,
    Audio,
    Content,
    Document,
    Image,
    Letter,
    Location,
    Media,
    Poll,
    Quote,
    Reaction,
    Sticker,
    Video,
    Voice,
    words,
)
from messageapi.vocab.content import (
    Contact as Cards,
)
from messageapi.vocab.jid import LID_SERVER, Jid
from messageapi.vocab.said import AnswerSaid, CardSaid, FileSaid, PlaceSaid, PollSaid, QuoteSaid, Someone

People = Mapping[str, Contact]
"""By address: which phone and which hidden identity are one person."""

Fields = dict[str, Any]
"""Of vocab/said.py `Said`."""


def said(letter: Letter, quoted: str | None, people: People, url: str = "") -> Fields:
    """`quoted`: our id of the message that it answers. `url`: where its file is."""
    return {
        "text": words(letter.content) or None,
        **_content(letter.content, url),
        "quote": _quote(letter.quote, quoted, people) if letter.quote else UNSET,
        "mentions": [someone(each, people) for each in letter.mentions] or UNSET,
        "mentions_all": letter.mentions_all or UNSET,
        "forwarded": letter.forwarded or UNSET,
        "view_once": letter.view_once or UNSET,
        "disappears_after_seconds": letter.disappears_s or UNSET,
    }


def named_in(letter: Letter) -> list[str]:
    """Addresses of the people in it."""
    author = [letter.quote.target.sender] if letter.quote else []
    return [address for address in (*letter.mentions, *author) if address.endswith(PEOPLE)]


def someone(address: str, people: People) -> Someone:
    known = people.get(address)
    phone = Jid.parse(address).phone or (known.phone if known else None)
    hidden = address.endswith(f"@{LID_SERVER}")
    return Someone(phone, address if hidden else known.lid if known else None)


def _content(content: Content, url: str) -> Fields:
    match content:
        case Image() | Video() | Document() | Audio() | Voice() | Sticker():
            return {"media": _file(content, content.media, url)}
        case Location():
            return {"location": _place(content)}
        case Cards():
            return {"contacts": [CardSaid(card.name, card.vcard) for card in content.cards]}
        case _:
            return _menu(content)


def _menu(content: Content) -> Fields:
    match content:
        case Poll():
            return {"poll": PollSaid(content.question, content.options, content.choices)}
        case Answer():
            return {"answer": AnswerSaid(content.id, content.text)}
        case Reaction():
            return {"emoji": content.emoji or None}
        case _:
            return {}


def _file(content: Content, media: Media, url: str) -> FileSaid:
    return FileSaid(
        url=url or UNSET,
        mime=media.mime,
        size=media.size,
        sha256=media.sha256.hex(),
        filename=_of(content, "filename"),
        seconds=_of(content, "seconds"),
        width=_of(content, "width"),
        height=_of(content, "height"),
        animated=_of(content, "animated"),
    )


def _of(content: Content, name: str) -> Any | UnsetType:
    """What is not known of it is left out."""
    return getattr(content, name, None) or UNSET


def _place(content: Location) -> PlaceSaid:
    return PlaceSaid(
        latitude=content.latitude,
        longitude=content.longitude,
        name=content.name,
        address=content.address,
        live=content.live,
    )


def _quote(quote: Quote, message_id: str | None, people: People) -> QuoteSaid:
    author = quote.target.sender
    who = someone(author, people) if author.endswith(PEOPLE) else Someone(None, None)
    return QuoteSaid(
        message_id=message_id,
        wa_message_id=quote.target.wa_id,
        ours=not author,
        phone=who.phone,
        lid=who.lid,
        text=quote.text,
    )
