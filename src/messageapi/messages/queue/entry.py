"""What stands in the queue: numbers, messages that wait, and messages under way."""

import msgspec

from messageapi.engines.port import Network
from messageapi.numbers.states import State


class Standing(msgspec.Struct, frozen=True):
    """Where a number stands: who holds it, and how far its events were taken in."""

    number_id: str
    account_id: str
    network: Network
    state: State
    state_since: int
    host_id: str | None
    epoch: int
    taken_seq: int
    journal_since: int | None
    """What was under way before went into a journal that is gone: nobody will ever say what became of it."""
    paced: bool | None = None
    """Whether its owner wants its pace to be kept; None: as its network has it."""
    shows_typing: bool = False
    limit_code: str | None = None
    """WhatsApp lets it send less, see queue/limited.py,"""
    limited_until: int | None = None
    """until then."""
    paused: bool = False
    """Its owner wants nothing of it to be sent for now."""
    parks: bool = False
    """Some of what waits is parked."""
    auto_read: bool = False
    """What comes is marked as read at once."""


class Flying(msgspec.Struct, frozen=True):
    """A message marked `sending`."""

    number_id: str
    seq: int
    message_id: str
    attempt: int
    since: int
    chat: str = ""
    priority: int = 0


class Waiting(msgspec.Struct, frozen=True):
    """A message that could be claimed. `since`: when its last attempt began, if there was one."""

    number_id: str
    seq: int
    attempt: int
    since: int | None
    chat: str = ""
    phone: str | None = None
    lid: str | None = None
    priority: int = 0
    strikes: int = 0
    expires_at: int | None = None


class Head(msgspec.Struct, frozen=True):
    """The first parked message of a chain."""

    number_id: str
    chat: str
    priority: int
    seq: int


class Taken(msgspec.Struct, frozen=True):
    """A message just marked `sending`, with its sealed body."""

    seq: int
    message_id: str
    account_id: str
    number_id: str
    chat: str
    attempt: int
    expires_at: int | None
    bulk: bool
    sealed: bytes | None
