"""What a host reports about a number, in the order in which it happened."""

from typing import Literal

import msgspec

from messageapi.engines.port.groups import GroupChanged, GroupEntered
from messageapi.engines.port.moments import CallEnded, CallOffered, PresenceSeen
from messageapi.vocab.content import Letter, words


class Connected(msgspec.Struct, frozen=True, tag=True):
    at: int
    jid: str
    lid: str = ""
    push_name: str = ""


class Disconnected(msgspec.Struct, frozen=True, tag=True):
    """The connection ended and the session will try again.
    `code` is stable: network, server_restart, stream_error, keepalive...
    """

    at: int
    code: str


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The session ended and must not be retried as it is."""

    at: int
    code: Literal["logged_out", "replaced", "banned", "client_outdated", "refused", "crashed"]
    detail: str = ""  # one sentence for people
    until: int | None = None  # of a temporary ban


class Limited(msgspec.Struct, frozen=True, tag=True):
    """WhatsApp lets the number write only to those it knows, until then or until it says so. Not `active`: no more."""

    at: int
    active: bool
    until: int | None = None


class Alive(msgspec.Struct, frozen=True, tag=True):
    """Evidence: the last stanza of this session was seen at this time.
    `quiet` seconds without any make a number degraded.
    """

    at: int


class Sent(msgspec.Struct, frozen=True, tag=True):
    """WhatsApp acknowledged the message."""

    message_id: str
    attempt: int
    wa_id: str
    at: int


class NotSent(msgspec.Struct, frozen=True, tag=True):
    """The message certainly did not leave, or WhatsApp refused it. `permanent` False: it goes back to the queue.
    `expired` is the code of one whose time was over.
    """

    message_id: str
    attempt: int
    code: str
    detail: str
    permanent: bool
    at: int


class Unconfirmed(msgspec.Struct, frozen=True, tag=True):
    """The message may have left and no answer came. `wa_id` when it is known, so that a later receipt can settle it."""

    message_id: str
    attempt: int
    at: int
    code: str
    wa_id: str = ""


class Receipt(msgspec.Struct, frozen=True, tag=True):
    """`sender` is the person the receipt is from; in a person-to-person chat the same as `chat`."""

    wa_ids: list[str]
    kind: Literal["delivered", "read", "played"]
    chat: str
    sender: str
    at: int


class Inbound(msgspec.Struct, frozen=True, tag=True):
    """A message for the number. Both addresses of the sender where known.

    `letter` is what it says, None for a type that is not understood: then `message_type` alone says what it was. Media
    lie at WhatsApp (`Media.remote`) and were not fetched. In targets and quotes an empty `sender` is the number itself.
    """

    wa_id: str
    chat: str
    sender: str
    sender_phone: str  # E.164 or empty
    sender_lid: str  # JID or empty
    push_name: str
    message_type: str
    letter: Letter | None
    at: int
    from_me: bool = False  # written by the owner elsewhere; then the chat's other side:
    other_phone: str = ""  # E.164 or empty
    other_lid: str = ""  # JID or empty
    late: bool = False  # came from the offline queue

    @property
    def text(self) -> str | None:
        """Words or caption, None for what has none."""
        return (words(self.letter.content) or None) if self.letter else None


class Undecryptable(msgspec.Struct, frozen=True, tag=True):
    """A message came that could not be read. `unavailable`: WhatsApp gives it to phones alone, so it will not come."""

    wa_id: str
    chat: str
    sender: str
    at: int
    sender_phone: str = ""  # E.164 or empty
    sender_lid: str = ""  # JID or empty
    push_name: str = ""
    unavailable: bool = False
    late: bool = False


EngineEvent = (
    Connected
    | Disconnected
    | Ended
    | Limited
    | Alive
    | Sent
    | NotSent
    | Unconfirmed
    | Receipt
    | Inbound
    | Undecryptable
    | GroupChanged
    | GroupEntered
    | CallOffered
    | CallEnded
    | PresenceSeen
)
