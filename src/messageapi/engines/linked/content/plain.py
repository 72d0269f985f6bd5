"""Messages that are complete in themselves: text, place, contact card, poll."""

import os
from typing import Any, Final

from messageapi.engines.linked.content.writing import Writing
from messageapi.engines.linked.library.protos import content as proto
from messageapi.vocab.content import Contact, Location, Poll, Text

_STATUS_BACKGROUND: Final = 0xFF1F6E5C  # a text status without a colour of its own shows as a blank page
_SECRET_BYTES: Final = 32


def text(content: Text, writing: Writing) -> Any:
    """The short form wherever it is enough, as the official apps do."""
    if content.preview is None and writing.context is None and not writing.to_status:
        return proto.Message(conversation=content.text)
    rich = proto.ExtendedTextMessage(text=content.text, contextInfo=writing.context)
    if writing.to_status:
        rich.backgroundArgb, rich.textArgb = _STATUS_BACKGROUND, 0xFFFFFFFF
    if preview := content.preview:
        rich.matchedText, rich.title, rich.description = preview.url, preview.title, preview.description
        rich.previewType = proto.ExtendedTextMessage.NONE
        if preview.thumbnail:
            rich.JPEGThumbnail = preview.thumbnail
    return proto.Message(extendedTextMessage=rich)


def location(content: Location, writing: Writing) -> Any:
    place = proto.LocationMessage(
        degreesLatitude=content.latitude,
        degreesLongitude=content.longitude,
        name=content.name or None,
        address=content.address or None,
        contextInfo=writing.context,
    )
    return proto.Message(locationMessage=place)


def contact(content: Contact, writing: Writing) -> Any:
    cards = [proto.ContactMessage(displayName=card.name, vcard=card.vcard) for card in content.cards]
    if len(cards) == 1:
        if writing.context is not None:
            cards[0].contextInfo.CopyFrom(writing.context)
        return proto.Message(contactMessage=cards[0])
    several = proto.ContactsArrayMessage(
        displayName=f"{len(cards)} contacts", contacts=cards, contextInfo=writing.context
    )
    return proto.Message(contactsArrayMessage=several)


def poll(content: Poll, writing: Writing) -> Any:
    """The first version of the message for one choice and for many.

    The apps use the third for one choice, but the library marks only the first as a poll on the wire (2026-08), and
    every app shows it. Zero choices mean any number.
    """
    choices = content.choices if content.choices < len(content.options) else 0
    asked = proto.PollCreationMessage(
        name=content.question,
        options=[proto.PollCreationMessage.Option(optionName=option) for option in content.options],
        selectableOptionsCount=choices,
        contextInfo=writing.context,
    )
    secret = content.secret or os.urandom(_SECRET_BYTES)
    return proto.Message(pollCreationMessage=asked, messageContextInfo=proto.MessageContextInfo(messageSecret=secret))
