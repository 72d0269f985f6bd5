"""The answers of the control interface, as its client reads them."""

import msgspec

from messageapi.sandbox.planted import Refusal
from messageapi.sandbox.shown import InboxMessage, NoticeShown, SentShown


class DeviceView(msgspec.Struct, rename="camel", frozen=True):
    device: int
    online: bool
    linked_at: int
    kept: int  # stanzas it has not acknowledged
    present: bool  # it has said that its user is there


class PhoneView(msgspec.Struct, rename="camel", frozen=True):
    phone: str
    lid: str
    name: str
    online: bool
    devices: list[DeviceView]
    inbox: int


class InboxPage(msgspec.Struct, frozen=True):
    messages: list[InboxMessage]
    next: int


class NoticePage(msgspec.Struct, frozen=True):
    notices: list[NoticeShown]
    next: int


class SentPage(msgspec.Struct, frozen=True):
    sent: list[SentShown]
    next: int


class GroupView(msgspec.Struct, frozen=True):
    id: str
    subject: str
    members: list[str]
    admins: list[str] = []
    description: str = ""
    locked: bool = False
    announce: bool = False
    invite: str = ""


class NewsletterView(msgspec.Struct, frozen=True):
    id: str
    name: str
    owner: str
    followers: list[str]
    messages: int


class FaultsView(msgspec.Struct, rename="camel", frozen=True):
    drop_acks: int
    ack_delay_ms: int
    sink_messages: bool
    silent: bool
    refuse_uploads: int = 0


class StatsView(msgspec.Struct, rename="camel", frozen=True):
    """`counts` since the start of the process; `unknown` names what clients asked for in vain."""

    counts: dict[str, int]
    unknown: dict[str, int]
    accounts: int
    devices: int
    online: int
    kept: int
    dropped: int
    faults: FaultsView
    cpu_seconds: float


class Linked(msgspec.Struct):
    device: int


class Sent(msgspec.Struct):
    id: str


class Phones(msgspec.Struct):
    phones: list[PhoneView]


class Groups(msgspec.Struct):
    groups: list[GroupView]


class Devices(msgspec.Struct):
    devices: list[int]


class WasRead(msgspec.Struct):
    read: list[str]


class WasPlayed(msgspec.Struct):
    played: list[str]


class Refusals(msgspec.Struct):
    refusals: list[Refusal]


class Banned(msgspec.Struct):
    until: int


class Newsletters(msgspec.Struct):
    newsletters: list[NewsletterView]


class Problem(msgspec.Struct):
    error: str
    message: str
