"""One number as the rooms see it, and one row of the placement table."""

from typing import Literal, NamedTuple

import msgspec

from messageapi.engines.port import Network
from messageapi.numbers.states import State

AutoDownload = Literal["off", "small", "all"]
"""Which files of received messages are fetched at once; the others when somebody asks for them."""


class Number(msgspec.Struct, frozen=True):
    """A number without its secrets."""

    id: str
    account_id: str
    name: str
    network: Network
    phone: str | None
    jid: str | None
    lid: str | None
    state: State
    reason_code: str | None
    reason: str | None
    state_since: int
    evidence_at: int | None
    limited_until: int | None
    limit_code: str | None
    is_default: bool
    created_at: int
    linked_at: int | None = None
    paced: bool | None = None
    shows_typing: bool = False
    paused_at: int | None = None
    shows_online: bool = False
    auto_read: bool = False
    reject_calls: bool = False
    auto_download: AutoDownload = "off"
    own_messages: bool = False

    @property
    def linked(self) -> bool:
        return self.jid is not None


class Placement(msgspec.Struct, frozen=True):
    """Where a number is held and under which epoch. While it is being linked, `host_id` is the pairing host."""

    number_id: str
    account_id: str
    network: Network
    state: State
    reason_code: str | None
    wanted: bool
    host_id: str | None
    epoch: int
    failures: int
    retry_at: int | None
    placed_at: int | None


class Credentials(msgspec.Struct, frozen=True):
    """What a host needs beside the placement to open the number's session."""

    number_id: str
    account_id: str
    network: Network
    jid: str | None
    session_folder: str
    sealed_journal_key: bytes
    epoch: int


class Overdue(NamedTuple):
    """A state entered, or a stanza last heard, before these times has lasted too long."""

    now: int
    linking_before: int
    quiet_before: int
    deaf_before: int


def journal_key_about(number_id: str) -> str:
    """What the sealed journal key is bound to: it opens for this number alone."""
    return f"journal:{number_id}"
