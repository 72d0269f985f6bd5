"""What a host is told."""

import msgspec

from messageapi.engines.port.groups import (
    ChangeGroup,
    ChangeMembers,
    CreateGroup,
    GetInvite,
    JoinGroup,
    LeaveGroup,
    ListGroups,
    ReadGroup,
)
from messageapi.engines.port.moments import RejectCall, SetOnline, WatchPresence
from messageapi.engines.port.values import Network, Typing
from messageapi.vocab.content import Letter, Media


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


class Download(msgspec.Struct, frozen=True, tag=True):
    """Fetch the file of a received message (`media.remote`) and put it into the blob door. Answered `Downloaded`."""

    number_id: str
    epoch: int
    media: Media


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
    | Download
    | SetOnline
    | WatchPresence
    | RejectCall
    | ListGroups
    | ReadGroup
    | CreateGroup
    | ChangeMembers
    | ChangeGroup
    | GetInvite
    | LeaveGroup
    | JoinGroup
    | AskOutcomes
    | StartPairing
    | StopHost
)
