"""The public shape of contacts and of the list of those who opted out."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messageapi.contacts.person import Contact
from messageapi.contacts.words import LONGEST
from messageapi.vocab.clock import iso

MOST_CHECKED = 50
MOST_WORDS = 100

Phone = Annotated[str, Meta(min_length=1, max_length=100)]
Word = Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class CheckRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Phone numbers as people write them; with a country code, or as in the account's own country."""

    phones: Annotated[list[Phone], Meta(min_length=1, max_length=MOST_CHECKED, examples=[["+5511987654321"]])]


class ContactView(msgspec.Struct, rename="camel", kw_only=True):
    """What WhatsApp says of a number. `phone`: as it was asked about."""

    phone: str
    on_whatsapp: Annotated[bool, Meta(description="Messages can be sent to it.")] = msgspec.field(name="onWhatsApp")
    jid: Annotated[str | None, Meta(description="The address WhatsApp uses itself; it may have other digits.")]
    lid: Annotated[str | None, Meta(description="The person's other, hidden address.")]
    checked_at: str | None


class ContactList(msgspec.Struct, rename="camel", kw_only=True):
    """One for each phone, in the order of the request."""

    items: list[ContactView]


class OptOutView(msgspec.Struct, rename="camel", kw_only=True):
    """Somebody who gets no bulk messages."""

    phone: str | None
    lid: str | None
    source: Annotated[Literal["message", "api"], Meta(description="They wrote it themselves, or you put them here.")]
    at: str | None


class OptOutRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Who does not want bulk messages."""

    recipient: Annotated[Phone, Meta(description="A phone number or a WhatsApp address of a person.")]


class WordsRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """They replace everybody's. The whole message has to be one of them; case and punctuation around do not matter."""

    stop: Annotated[list[Word], Meta(min_length=1, max_length=MOST_WORDS, examples=[["STOP", "Abmelden"]])]
    start: Annotated[list[Word], Meta(min_length=1, max_length=MOST_WORDS, examples=[["START", "Anmelden"]])]


class WordsView(msgspec.Struct, rename="camel", kw_only=True):
    """The words that count for the account."""

    stop: list[str]
    start: list[str]
    own: Annotated[bool, Meta(description="False: they are everybody's, in many languages.")]


def contact_view(phone: str, found: Contact) -> ContactView:
    return ContactView(
        phone=phone,
        on_whatsapp=found.on_whatsapp,
        jid=found.jid,
        lid=found.lid,
        checked_at=iso(found.checked_at),
    )
