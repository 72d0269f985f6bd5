"""The public shape of messages."""

from typing import Literal, cast

import msgspec
from msgspec import UnsetType

from messageapi.messages.accepting.draft import Accepted
from messageapi.messages.content.requests import Plain, Priority
from messageapi.messages.states import Status
from messageapi.vocab.clock import iso
from messageapi.vocab.said import Said

Direction = Literal["outbound", "inbound"]


class SendAnswer(msgspec.Struct, rename="camel"):
    """The message is stored and will be sent: as soon as possible (`accepted`), or at its time (`scheduled`)."""

    id: str
    status: Status
    number: str
    to: str
    accepted_at: str


def send_answer(accepted: Accepted) -> SendAnswer:
    status = cast("Status", accepted.status)
    return SendAnswer(accepted.id, status, accepted.number_id, accepted.to, iso(accepted.accepted_at) or "")


class Refusal(msgspec.Struct, rename="camel"):
    """Why this message of the batch was not taken. `status` is what it would have been answered alone."""

    code: str
    status: int
    detail: str


class BatchEntry(msgspec.Struct, rename="camel", omit_defaults=True):
    """What became of the message at `index`: it has an `id`, or a `problem`."""

    index: int
    id: str | None = None
    status: str | None = None
    number: str | None = None
    to: str | None = None
    problem: Refusal | None = None


class BatchAnswer(msgspec.Struct, rename="camel"):
    """The accepted ones are stored and will be sent."""

    accepted: int
    refused: int
    results: list[BatchEntry]


class Moment(msgspec.Struct):
    """A status the message reached, and when; `resent` when it went back to wait although it may have left.

    In a group the first person who got or read it counts.
    """

    status: str
    at: str


class Failure(msgspec.Struct):
    """Why a message failed or is unconfirmed. `code` is stable, `detail` is for people."""

    code: str
    detail: str


class Held(msgspec.Struct):
    """Why a message waits although others go, and until when."""

    code: str
    detail: str
    until: str | None


class MessageView(Said, rename="camel", frozen=True, kw_only=True):
    """One message. `chat` is the address of the conversation; `phone` and `lid` are the other side's, where known.
    `target`: the message it answers, edits, revokes, reacts to or votes in. `stuck`: nobody has acknowledged it for too
    long. What it says is there while its body is kept, of received messages alone.
    """

    id: str
    direction: Direction
    type: str
    status: Status
    number: str
    chat: str
    sender: str | None = None
    phone: str | None = None
    lid: str | None = None
    text: str | UnsetType | None = None
    wa_message_id: str | None = None
    attempts: int = 0
    late: bool = False
    error: Failure | None = None
    metadata: dict[str, Plain] | None = None
    target: str | None = None
    priority: Priority = "normal"
    send_at: str | None = None
    expires_at: str | None = None
    stuck: bool = False
    stuck_since: str | None = None
    held: Held | None = None
    edited_at: str | None = None
    revoked_at: str | None = None
    created_at: str
    timeline: list[Moment] = msgspec.field(default_factory=list)
