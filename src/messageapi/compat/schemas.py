"""The reference service's shapes."""

from typing import Annotated

import msgspec
from msgspec import Meta

LONGEST_WAIT = 30
WAIT = 10

Wait = Annotated[
    int,
    Meta(ge=0, le=LONGEST_WAIT, description="Seconds to wait for WhatsApp to take the message before answering 202."),
]


class Simple(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What each of the simple calls takes."""

    recipient: Annotated[
        str,
        Meta(description="Digits with country code, +E.164, or a WhatsApp address.", examples=["4915123456789"]),
    ]
    from_: Annotated[
        str | None, Meta(description="Which of your numbers sends: its id or phone. Default: the default number.")
    ] = msgspec.field(name="from", default=None)
    wait: Wait = WAIT


class SimpleMessage(Simple, kw_only=True):
    """A text to send."""

    text: Annotated[str, Meta(description="What the message says.", examples=["Hello"])]


class SimpleFile(Simple, kw_only=True):
    """A file from a public URL; exactly one field names it."""

    url: Annotated[str | None, Meta(description="Its URL.")] = None
    caption: Annotated[str | None, Meta(description="Words below it.")] = None
    text: Annotated[str | None, Meta(description="Another name of `caption`.")] = None


class SimpleImage(SimpleFile, kw_only=True):
    """A picture to send."""

    image: Annotated[str | None, Meta(description="Its URL.", examples=["https://example.com/shop.jpg"])] = None


class SimpleDocument(SimpleFile, kw_only=True):
    """A document to send."""

    document: Annotated[str | None, Meta(description="Its URL.", examples=["https://example.com/invoice.pdf"])] = None
    pdf: Annotated[str | None, Meta(description="Another name of `document`.")] = None
    filename: Annotated[
        Annotated[str, Meta(max_length=255)] | None, Meta(description="What it is called.", examples=["invoice.pdf"])
    ] = None


class SimpleAnswer(msgspec.Struct, rename="camel"):
    """`Message sent`: WhatsApp took it. `Message accepted` (status 202): it is stored and will be sent; read its
    status later.
    """

    success: bool
    message: str
    message_id: str


class StatusNumber(msgspec.Struct, rename="camel"):
    """The account's default number."""

    id: str
    name: str
    phone: str | None


class Today(msgspec.Struct, rename="camel"):
    """Outbound messages accepted since midnight UTC, by what became of them. `sent` counts those delivered or read as
    well.
    """

    accepted: int = 0
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    unconfirmed: int = 0
    failed: int = 0


class StatusAnswer(msgspec.Struct, rename="camel", kw_only=True):
    """Can I send, and what was sent today?"""

    success: bool = True
    connected: bool
    state: Annotated[str | None, Meta(description="State of the default number; null when there is no number yet.")]
    message: Annotated[str, Meta(description="The state in words, with what to do.")]
    number: StatusNumber | None
    today: Today
    plan: Annotated[None, Meta(description="There are no plans yet, so there is no limit to show.")] = None
