"""What can be sent, one shape for each type. `type` may be left out for a text."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

Plain = str | int | float | bool | None

TEXT_LENGTH = 65_536
CAPTION_LENGTH = 1_024
MOST_MENTIONS = 1_024
LONGEST_TYPING_MS = 30_000
MOST_IN_BATCH = 1_000

Priority = Literal["high", "normal", "low"]
OnUnconfirmed = Literal["report", "resend"]
OnLimit = Literal["wait", "refuse"]

Caption = Annotated[str, Meta(max_length=CAPTION_LENGTH, description="Words below it.", examples=["Our new shop"])]
Address = Annotated[str, Meta(description="A phone number with country code, or a WhatsApp address.")]


class Reference(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """An earlier message: by `messageId`, or by `waMessageId` where this server does not know it."""

    message_id: Annotated[str, Meta(max_length=80, description="Our id of it.")] | None = None
    wa_message_id: Annotated[str, Meta(min_length=1, max_length=80, description="WhatsApp's id of it.")] | None = None
    sender: (
        Annotated[
            str, Meta(max_length=100, description="Who wrote it, with `waMessageId`: `me`, a phone number or address.")
        ]
        | None
    ) = None
    text: Annotated[
        str, Meta(max_length=CAPTION_LENGTH, description="What the quote shows, where this server does not know it.")
    ] = ""


ReferenceTo = (
    Annotated[str, Meta(min_length=1, max_length=80, description="Our id or WhatsApp's id of it.")] | Reference
)


class Envelope(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True, tag_field="type"):
    """What every message may say about its way."""

    to: Annotated[
        str,
        Meta(
            description="A phone number with country code, or an address: `...@s.whatsapp.net`, `...@c.us`, `...@lid`, "
            "`...@g.us`, `...@newsletter`, `status@broadcast`.",
            examples=["+12025550123"],
        ),
    ]
    from_: Annotated[
        str | None, Meta(description="Which of your numbers sends: its id or its phone. Without it the default one.")
    ] = msgspec.field(default=None, name="from")
    typing: Annotated[
        bool | Annotated[int, Meta(ge=0, le=LONGEST_TYPING_MS)],
        Meta(description="Show `typing` (or `recording`) first: for so many milliseconds, or true for a fitting time."),
    ] = False
    send_at: Annotated[
        datetime | None,
        Meta(description="Not before this time: with an offset, or local together with `timeZone`."),
    ] = None
    time_zone: Annotated[
        Annotated[str, Meta(min_length=1, max_length=64)] | None,
        Meta(description="IANA name for times without an offset.", examples=["Europe/Berlin"]),
    ] = None
    expires_at: Annotated[
        datetime | None, Meta(description="Not after this time: what still waits then has the status `expired`.")
    ] = None
    priority: Annotated[
        Priority, Meta(description="`high` passes what waits, such as a one-time code; `low` lets all others pass.")
    ] = "normal"
    on_unconfirmed: Annotated[
        OnUnconfirmed,
        Meta(description="When it is not known whether it left: `report` it, or `resend` it at the risk of a second."),
    ] = "report"
    on_limit: Annotated[
        OnLimit,
        Meta(description="When the number's budgets are used up: `wait` for the next, or `refuse` it with 429 now."),
    ] = "wait"
    bulk: Annotated[
        bool | None,
        Meta(
            description="Advertising and the like, which is not sent to who opted out. Without a word: true in a batch "
            "and for priority `low`, except for priority `high`."
        ),
    ] = None
    metadata: Annotated[
        dict[str, Plain] | None,
        Meta(description="Yours: kept with the message and repeated in its events. At most 4,096 characters as JSON."),
    ] = None


class Worded(Envelope, kw_only=True):
    """What every message but a reaction may say about others."""

    reply_to: Annotated[ReferenceTo | None, Meta(description="The message that is answered; the reply quotes it.")] = (
        None
    )
    mentions: Annotated[
        Annotated[list[Address], Meta(max_length=MOST_MENTIONS)] | Literal["all"] | None,
        Meta(description="People to notify, or `all` in a group. Write `@` and their digits where each is to stand."),
    ] = None
    forwarded: Annotated[bool, Meta(description="Show it as forwarded.")] = False


class TextMessage(Worded, tag="text", kw_only=True):
    """A text."""

    text: Annotated[
        str,
        Meta(
            description="What the message says.",
            examples=["Hello"],
            extra_json_schema={"minLength": 1, "maxLength": TEXT_LENGTH},  # judged by the verb, with codes of their own
        ),
    ]
    preview: Annotated[bool, Meta(description="Show a preview of the first link.")] = False


class MediaMessage(Worded, kw_only=True):
    """The file comes by exactly one of the three ways."""

    url: Annotated[
        Annotated[str, Meta(min_length=1, max_length=2_048)] | None,
        Meta(description="A public http or https URL.", examples=["https://example.com/shop.jpg"]),
    ] = None
    media_id: Annotated[
        Annotated[str, Meta(min_length=1, max_length=80)] | None,
        Meta(description="Of a file that was uploaded: POST /api/v1/media."),
    ] = None
    base64: Annotated[
        Annotated[str, Meta(min_length=1)] | None, Meta(description="A small file, in the size of the request.")
    ] = None


class ImageMessage(MediaMessage, tag="image", kw_only=True):
    """A picture: JPEG, PNG, WebP and others that can be made one."""

    caption: Caption = ""


class VideoMessage(MediaMessage, tag="video", kw_only=True):
    """A film."""

    caption: Caption = ""


class AudioMessage(MediaMessage, tag="audio", kw_only=True):
    """A sound file."""


class VoiceMessage(MediaMessage, tag="voice", kw_only=True):
    """A voice note. Any sound file: it is converted."""


class DocumentMessage(MediaMessage, tag="document", kw_only=True):
    """Any file."""

    caption: Caption = ""
    filename: Annotated[
        str, Meta(max_length=255, description="What the document is called.", examples=["invoice.pdf"])
    ] = ""


class StickerMessage(MediaMessage, tag="sticker", kw_only=True):
    """A sticker: WebP, or a picture that can be made one."""


class LocationMessage(Worded, tag="location", kw_only=True):
    """A place."""

    latitude: Annotated[float, Meta(ge=-90, le=90, examples=[52.5163])]
    longitude: Annotated[float, Meta(ge=-180, le=180, examples=[13.3777])]
    name: Annotated[str, Meta(max_length=255)] = ""
    address: Annotated[str, Meta(max_length=1_024)] = ""


class ContactCard(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A person: `phone`, or a whole `vcard`."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    phone: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    organization: Annotated[str, Meta(max_length=255)] = ""
    vcard: Annotated[str, Meta(min_length=1, max_length=16_384, description="vCard 3.0.")] | None = None


class ContactMessage(Worded, tag="contact", kw_only=True):
    """One or more contacts."""

    contacts: Annotated[list[ContactCard], Meta(min_length=1, max_length=50)]


class PollMessage(Worded, tag="poll", kw_only=True):
    """A question with answers to choose from."""

    question: Annotated[str, Meta(min_length=1, max_length=255)]
    options: Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(min_length=2, max_length=12)]
    choices: Annotated[int, Meta(ge=0, le=12, description="How many one may choose; 0 = as many as there are.")] = 1


class ReactionMessage(Envelope, tag="reaction", kw_only=True):
    """An emoji on a message."""

    target: Annotated[ReferenceTo, Meta(description="The message to react to.")]
    emoji: Annotated[str, Meta(max_length=32, description="Empty takes the reaction back.", examples=["\U0001f44d"])]


SendRequest = (
    TextMessage
    | ImageMessage
    | VideoMessage
    | AudioMessage
    | VoiceMessage
    | DocumentMessage
    | StickerMessage
    | LocationMessage
    | ContactMessage
    | PollMessage
    | ReactionMessage
)


class EditRequest(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A new text, or a new caption."""

    text: Annotated[
        str,
        Meta(
            description="What the message says from now on.",
            examples=["Hello, world"],
            extra_json_schema={"minLength": 1, "maxLength": TEXT_LENGTH},
        ),
    ]


_EITHER = [
    *({"$ref": f"#/components/schemas/{one.__name__}"} for one in get_args(SendRequest)),
    {"description": "Anything else is refused, and it alone."},
]


class BatchRequest(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Messages that are judged one by one."""

    messages: Annotated[
        list[Annotated[msgspec.Raw, Meta(extra_json_schema={"anyOf": _EITHER})]],
        Meta(min_length=1, max_length=MOST_IN_BATCH, description="Each as in `POST /api/v1/messages`."),
    ]


_any = msgspec.json.Decoder(SendRequest)
_text = msgspec.json.Decoder(TextMessage)
_UNTYPED = "Object missing required field `type`"


def read(body: bytes | msgspec.Raw) -> Any:
    """Raise msgspec's errors. Without a `type` it is a text."""
    raw = body if isinstance(body, bytes) else bytes(body)
    if b'"type"' not in raw:
        return _text.decode(raw)
    try:
        return _any.decode(raw)
    except msgspec.ValidationError as refusal:
        if str(refusal) != _UNTYPED:
            raise
    return _text.decode(raw)
