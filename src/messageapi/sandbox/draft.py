"""What a phone is told to send, the same for the control interface, its client and the phone."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LARGEST_FILE = 24 << 20  # bytes that one request may carry

Phone = Annotated[str, Meta(pattern=r"^\+?[1-9][0-9]{6,14}$", description="a phone number such as +4915112345678")]
MessageId = Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]{1,64}$")]
Text = Annotated[str, Meta(max_length=65_536)]
Short = Annotated[str, Meta(max_length=1000)]
Option = Annotated[str, Meta(min_length=1, max_length=100)]
Kind = Literal[
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "contact",
    "poll",
    "poll_vote",
    "reaction",
    "edit",
    "revoke",
    "raw",
]
LARGEST_RAW = 1 << 20


class DraftMedia(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """In JSON `data` is base64."""

    data: Annotated[bytes, Meta(max_length=LARGEST_FILE)]
    mime: Annotated[str, Meta(max_length=200)] = "application/octet-stream"
    filename: Short = ""
    seconds: Annotated[int, Meta(ge=0, le=1 << 20)] = 0


class DraftLocation(msgspec.Struct, forbid_unknown_fields=True):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: Short = ""
    address: Short = ""
    live: bool = False  # shared for a while; `name` is its caption then


class DraftContact(msgspec.Struct, forbid_unknown_fields=True):
    name: Short
    vcard: Text


class DraftPoll(msgspec.Struct, forbid_unknown_fields=True):
    """`choices`: how many options one may pick, 0 = any number."""

    question: Annotated[str, Meta(min_length=1, max_length=1000)]
    options: Annotated[list[Option], Meta(min_length=1, max_length=12)]
    choices: Annotated[int, Meta(ge=0, le=12)] = 1


class Draft(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """`to` is a phone or a group. `text` is the text, a caption, the emoji of a reaction or the new text of an edit.

    `target`: the message a reaction, vote, edit or revoke is about. `quote`: the one that is answered. Both are ids of
    messages this phone has received or sent. `raw`: a whole message as the protocol has it (waE2E.Message), for what a
    phone would not write or a foreign app might; base64 in JSON.
    """

    to: Annotated[str, Meta(min_length=1, max_length=60)]
    type: Kind = "text"
    text: Text = ""
    id: MessageId | None = None
    media: DraftMedia | None = None
    location: DraftLocation | None = None
    contacts: Annotated[list[DraftContact], Meta(max_length=100)] = []
    poll: DraftPoll | None = None
    options: Annotated[list[Option], Meta(max_length=12)] = []
    target: MessageId | None = None
    quote: MessageId | None = None
    mentions: Annotated[list[Phone], Meta(max_length=1000)] = []
    mentions_all: bool = False
    forwarded: bool = False
    raw: Annotated[bytes, Meta(max_length=LARGEST_RAW)] = b""
