"""The public shape of messages."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messageapi.messages.accept import Accepted
from messageapi.messages.states import Status
from messageapi.vocab.clock import iso

Direction = Literal["outbound", "inbound"]
Plain = str | int | float | bool | None


class SendRequest(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A new message."""

    to: Annotated[
        str, Meta(description="Phone number with country code, or a WhatsApp address.", examples=["+12025550123"])
    ]
    text: Annotated[str, Meta(description="What the message says, at most 65,536 characters.", examples=["Hello"])]
    from_: Annotated[
        str | None, Meta(description="Which of your numbers sends: its id or its phone. Without it the default one.")
    ] = msgspec.field(default=None, name="from")
    type: Annotated[str, Meta(description="Only `text` for now.")] = "text"
    metadata: Annotated[
        dict[str, Plain] | None, Meta(description="Yours: kept with the message and repeated in its events.")
    ] = None


class SendAnswer(msgspec.Struct, rename="camel"):
    """The message is stored and will be sent."""

    id: str
    status: Status
    number: str
    to: str
    accepted_at: str


def send_answer(accepted: Accepted) -> SendAnswer:
    return SendAnswer(accepted.id, "accepted", accepted.number_id, accepted.to, iso(accepted.accepted_at) or "")


class Moment(msgspec.Struct):
    """A status the message reached, and when. In a group the first person who got or read it counts."""

    status: str
    at: str


class Failure(msgspec.Struct):
    """Why a message failed or is unconfirmed. `code` is stable, `detail` is for people."""

    code: str
    detail: str


class MessageView(msgspec.Struct, rename="camel", kw_only=True):
    """One message. `chat` is the address of the conversation; `phone` and `lid` are the other side's, where known."""

    id: str
    direction: Direction
    type: str
    status: Status
    number: str
    chat: str
    sender: str | None = None
    phone: str | None = None
    lid: str | None = None
    text: str | None = None
    wa_message_id: str | None = None
    attempts: int = 0
    late: bool = False
    error: Failure | None = None
    metadata: dict[str, Plain] | None = None
    created_at: str
    timeline: list[Moment] = []
