"""The port to a WhatsApp protocol engine: what it is asked, what it answers and what it reports.

All of it crosses the bus between engine hosts and workers as MessagePack, so every value is a msgspec Struct. Times are
milliseconds since 1970 UTC; JIDs are text in the form user[:device]@server.
"""

from typing import Literal

import msgspec

from messageapi.errors import DoorError
from messageapi.vocab.content import Letter

Network = Literal["whatsapp", "sandbox"]
Typing = Literal["typing", "recording"]


class Capabilities(msgspec.Struct, frozen=True):
    """What an engine can do. Rooms ask here instead of asking which engine it is."""

    takes_message_id: bool
    """The caller chooses the WhatsApp message id: a send with an unknown outcome may be repeated under the same one."""
    pairs_by: tuple[str, ...] = ("qr", "code")
    shows_passkey_requests: bool = False


class EngineError(DoorError):
    """The engine refused or failed. `left`: True it may have reached WhatsApp, False it certainly did not."""

    def __init__(self, code: str, detail: str, *, permanent: bool, left: bool = False) -> None:
        super().__init__(code, detail, permanent=permanent)
        self.left = left


# --- what a host is told -------------------------------------------------------------------------------------------


class SessionSpec(msgspec.Struct, frozen=True):
    """Everything a host needs to hold one number. `journal_key` seals what it writes down and lives in memory only."""

    number_id: str
    epoch: int
    network: Network
    folder: str  # name under <data>/sessions, random, never user text
    journal_key: bytes  # 32 bytes
    jid: str = ""  # of the linked device; empty only while pairing


class SendJob(msgspec.Struct, frozen=True):
    """One message for WhatsApp. `attempt` counts from 1; (message_id, attempt) is never given to a host twice."""

    message_id: str
    attempt: int
    chat: str  # JID of the person or group
    letter: Letter
    expires_at: int | None = None  # not handed to the protocol library after this


class OpenSession(msgspec.Struct, frozen=True, tag=True):
    spec: SessionSpec


class CloseSession(msgspec.Struct, frozen=True, tag=True):
    """Stop holding the number; its credentials stay."""

    number_id: str
    epoch: int


class UnlinkSession(msgspec.Struct, frozen=True, tag=True):
    """Log the linked device out at WhatsApp, then forget its credentials."""

    number_id: str
    epoch: int


class Submit(msgspec.Struct, frozen=True, tag=True):
    """Write these jobs into the number's journal and send them in this order. Answered when written, before sending."""

    number_id: str
    epoch: int
    jobs: list[SendJob]
    deadline_ms: int  # for each send, from the moment it is handed to the protocol library, beside `preparing_s`
    seen: int = 0  # the number's last event taken in when these were chosen: what went back later comes first


class ShowTyping(msgspec.Struct, frozen=True, tag=True):
    """Show the other side that somebody writes or records, or that they stopped. It fades by itself after 25 s."""

    number_id: str
    epoch: int
    chat: str
    kind: Typing = "typing"
    on: bool = True


class MarkRead(msgspec.Struct, frozen=True, tag=True):
    """Tell `sender` that these messages of theirs were read. In a person-to-person chat `sender` is the chat."""

    number_id: str
    epoch: int
    chat: str
    sender: str
    wa_ids: list[str]


class LookUp(msgspec.Struct, frozen=True, tag=True):
    """Who has these phone numbers (E.164, at most 100)? Answered `LookedUp` from WhatsApp's own word."""

    number_id: str
    epoch: int
    phones: list[str]


class Submits(msgspec.Struct, frozen=True, tag=True):
    """For several numbers at once; answered by `Answers`."""

    commands: list[Submit]


class AskOutcomes(msgspec.Struct, frozen=True, tag=True):
    """What became of these jobs? For a worker that restarted or got no answer. `final`: what is unknown is given out
    anew, so the host refuses it should it still come.
    """

    number_id: str
    epoch: int
    jobs: list[tuple[str, int]]  # message id, attempt
    final: bool = False


class StartPairing(msgspec.Struct, frozen=True, tag=True):
    """To a pairing host: begin linking. `phone` (digits) asks for a code to type in instead of a QR."""

    spec: SessionSpec
    phone: str = ""


class SpawnPairing(msgspec.Struct, frozen=True, tag=True):
    """To a supervisor: start a short-lived pairing host for this network and answer `Spawned` when it listens."""

    network: Network


class Spawned(msgspec.Struct, frozen=True, tag=True):
    host_id: str


class StopHost(msgspec.Struct, frozen=True, tag=True):
    """Close everything in order and leave."""


Command = (
    OpenSession
    | CloseSession
    | UnlinkSession
    | Submit
    | Submits
    | ShowTyping
    | MarkRead
    | LookUp
    | AskOutcomes
    | StartPairing
    | StopHost
)


class Done(msgspec.Struct, frozen=True, tag=True):
    """The command was carried out."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The command was not carried out.
    Codes: stale_epoch, unknown_number, host_full, engine_failed, wrong_network, stopping; of a Submit also too_late and
    not_written, of a chat's commands not_connected, bad_recipient, no_answer.
    """

    code: str
    detail: str


class Outcomes(msgspec.Struct, frozen=True, tag=True):
    """Answer to AskOutcomes, same order. `pending`: will be reported by an event. `unknown`: never received here."""

    states: list[Literal["unknown", "pending", "reported"]]


class Found(msgspec.Struct, frozen=True):
    """One phone number asked about. `jid` is the number WhatsApp knows the person by, which may have other digits
    (Brazil's ninth); `lid` is empty where WhatsApp did not say it. Both are empty for somebody not on WhatsApp.
    """

    phone: str
    jid: str = ""
    lid: str = ""
    on_whatsapp: bool = False


class LookedUp(msgspec.Struct, frozen=True, tag=True):
    """Answer to LookUp, same order."""

    found: list[Found]


class Answers(msgspec.Struct, frozen=True, tag=True):
    """Answer to Submits, same order."""

    answers: list[Done | Refused]


Answer = Done | Refused | Outcomes | Answers | LookedUp

# --- what a host reports -------------------------------------------------------------------------------------------


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
    `text` is None for types not understood yet.
    """

    wa_id: str
    chat: str
    sender: str
    sender_phone: str  # E.164 or empty
    sender_lid: str  # JID or empty
    push_name: str
    message_type: str
    text: str | None
    at: int
    from_me: bool = False
    late: bool = False  # came from the offline queue


class Undecryptable(msgspec.Struct, frozen=True, tag=True):
    wa_id: str
    chat: str
    sender: str
    at: int


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
)


class Qr(msgspec.Struct, frozen=True, tag=True):
    """A QR code is a credential: bus and memory only, never a log, never the database."""

    code: str
    expires_at: int


class PairingCode(msgspec.Struct, frozen=True, tag=True):
    code: str
    expires_at: int


class Linked(msgspec.Struct, frozen=True, tag=True):
    jid: str
    lid: str
    push_name: str = ""


class PairingFailed(msgspec.Struct, frozen=True, tag=True):
    """Codes: timeout, refused, passkey_required, client_outdated, network, crashed."""

    code: str
    detail: str


PairingEvent = Qr | PairingCode | Linked | PairingFailed


class PairingUpdate(msgspec.Struct, frozen=True):
    number_id: str
    epoch: int
    event: PairingEvent


class HostBeat(msgspec.Struct, frozen=True):
    """Every 2 s. `sessions` lists (number, epoch) held right now: the placer compares it with what should be."""

    host_id: str
    network: Network
    kind: Literal["engine", "pairing"]
    capacity: int
    sessions: list[tuple[str, int]]
    pid: int
    at: int
    stopping: bool = False


# --- what a supervisor and the pairing workers report ---------------------------------------------------------------


class HostGone(msgspec.Struct, frozen=True):
    """A host process has ended. `code`: exited, not_ready, library_unusable (no host can run until that is mended)."""

    host_id: str
    network: Network
    code: str


class Shown(msgspec.Struct, frozen=True):
    """The newest QR or code of a number that is being linked, or nothing yet."""

    event: Qr | PairingCode | None = None
