"""Parts that are complete in themselves: text, place, card, poll, and what was picked from a menu."""

import math
from contextlib import suppress
from typing import Any, Final

import msgspec

from messageapi.engines.linked.convert.writer import UnreadableError
from messageapi.vocab.content import Answer, Card, Contact, Location, Poll, Preview, Text

TEXT_LENGTH: Final = 65_536
NAME_LENGTH: Final = 1_024
_VCARD_LENGTH: Final = 65_536
_MOST_CARDS: Final = 257  # as many as the apps let one share
_MOST_OPTIONS: Final = 100
_SECRET_SIZE: Final = 32


class _Picked(msgspec.Struct):
    """Of the JSON that a menu answers with."""

    id: str = ""


_picked = msgspec.json.Decoder(_Picked)


def words(text: str) -> Text:
    return Text(text[:TEXT_LENGTH])


def text(part: Any) -> Text:
    """With a preview where its writer's app has made one."""
    link = None
    if part.matchedText and (part.title or part.description):
        link = Preview(
            url=part.matchedText[:NAME_LENGTH],
            title=part.title[:NAME_LENGTH],
            description=part.description[:NAME_LENGTH],
        )
    return Text(part.text[:TEXT_LENGTH], link)


def location(part: Any) -> Location:
    return Location(
        latitude=_degrees(part.degreesLatitude, 90),
        longitude=_degrees(part.degreesLongitude, 180),
        name=part.name[:NAME_LENGTH],
        address=part.address[:NAME_LENGTH],
        live=part.isLive,
    )


def live_location(part: Any) -> Location:
    return Location(
        latitude=_degrees(part.degreesLatitude, 90),
        longitude=_degrees(part.degreesLongitude, 180),
        name=part.caption[:NAME_LENGTH],
        live=True,
    )


def contact(part: Any) -> Contact:
    return Contact([_card(part)])


def contacts(part: Any) -> Contact:
    return Contact([_card(each) for each in part.contacts[:_MOST_CARDS]])


def poll(part: Any, secret: bytes) -> Poll:
    return Poll(
        question=part.name[:NAME_LENGTH],
        options=[option.optionName[:NAME_LENGTH] for option in part.options[:_MOST_OPTIONS]],
        choices=min(part.selectableOptionsCount, len(part.options)),
        secret=secret if len(secret) == _SECRET_SIZE else b"",
    )


def button(part: Any) -> Answer:
    return Answer(of="button", id=part.selectedButtonID[:NAME_LENGTH], text=part.selectedDisplayText[:TEXT_LENGTH])


def template_button(part: Any) -> Answer:
    return Answer(of="button", id=part.selectedID[:NAME_LENGTH], text=part.selectedDisplayText[:TEXT_LENGTH])


def interactive_answer(part: Any) -> Answer:
    picked = _Picked()
    with suppress(msgspec.DecodeError):
        picked = _picked.decode(part.nativeFlowResponseMessage.paramsJSON)
    return Answer(of="button", id=picked.id[:NAME_LENGTH], text=part.body.text[:TEXT_LENGTH])


def list_row(part: Any) -> Answer:
    return Answer(of="list", id=part.singleSelectReply.selectedRowID[:NAME_LENGTH], text=part.title[:TEXT_LENGTH])


# Menus that businesses send: their words.


def template(part: Any) -> Text:
    filled = part.hydratedTemplate.hydratedContentText or part.hydratedFourRowTemplate.hydratedContentText
    return words(filled or part.interactiveMessageTemplate.body.text)


def buttons(part: Any) -> Text:
    return words(part.contentText)


def list_of(part: Any) -> Text:
    return words("\n".join(each for each in (part.title, part.description) if each))


def interactive(part: Any) -> Text:
    return words(part.body.text)


def _card(part: Any) -> Card:
    return Card(part.displayName[:NAME_LENGTH], part.vcard[:_VCARD_LENGTH])


def _degrees(value: float, most: float) -> float:
    if not math.isfinite(value) or abs(value) > most:
        raise UnreadableError("a place")
    return value
