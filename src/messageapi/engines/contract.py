"""The contract inside a host: what it asks of a protocol engine, and for how long it waits."""

from collections.abc import Callable
from typing import Protocol

from messageapi.engines.port import (
    Capabilities,
    ChangeGroup,
    EngineEvent,
    Found,
    Group,
    Member,
    MemberChange,
    PairingEvent,
    SendJob,
    Sent,
    SessionSpec,
    Typing,
)
from messageapi.vocab.content import Letter, Media

_UPLOAD_S = 30.0
_UPLOAD_BYTES_S = 512 * 1024


def upload_s(size: int) -> float:
    """The longest an upload of so many bytes may take."""
    return _UPLOAD_S + size / _UPLOAD_BYTES_S


def download_s(size: int) -> float:
    """The longest fetching a file of so many bytes may take."""
    return upload_s(size)


def preparing_s(letter: Letter) -> float:
    """The longest an engine may take with a letter before the message itself can leave."""
    media: Media | None = getattr(letter.content, "media", None)
    return letter.typing_ms / 1000 + (upload_s(media.size) if media else 0.0)


Sink = Callable[[EngineEvent], None]
"""Takes an event from any thread; when it returns, the event is written down."""


Named = Callable[[str], None]
"""Takes the WhatsApp id of a message before the message leaves."""


class Groups(Protocol):
    """Of a session. All raise EngineError: group_not_found, not_in_group, group_not_permitted, group_not_acceptable,
    invite_gone, invite_invalid, whatsapp_rate_limited, no_answer, not_connected, bad_recipient.
    """

    async def page(self, after: str, limit: int) -> list[Group]:
        """By id, without their members."""

    async def read(self, group: str) -> Group: ...

    async def create(self, subject: str, members: list[str]) -> Group: ...

    async def change_members(self, group: str, change: MemberChange, members: list[str]) -> list[Member]:
        """What came of it for each."""

    async def change(self, wishes: ChangeGroup) -> None: ...

    async def invite(self, group: str, *, renew: bool) -> str: ...

    async def leave(self, group: str) -> None: ...

    async def join(self, code: str) -> Group: ...


class Session(Protocol):
    """One live linked device."""

    def send(self, job: SendJob, named: Named) -> Sent:
        """Block until WhatsApp answers, perhaps for ever: the host keeps the deadline and closes a session that hangs.

        Called on the sender's own thread, one job at a time. Raise EngineError: `left` False = certainly not sent,
        True = unknown, `permanent` = WhatsApp refused it.
        """

    async def show_typing(self, chat: str, kind: Typing, *, on: bool) -> None:
        """As the next two: raise EngineError, and answer in seconds."""

    async def mark_read(self, chat: str, sender: str, wa_ids: list[str]) -> None: ...

    async def look_up(self, phones: list[str]) -> list[Found]:
        """In the order asked."""

    async def download(self, media: Media) -> bytes:
        """The plain file of a received message, within `download_s`. Raise EngineError."""

    async def set_online(self, *, on: bool) -> None: ...

    async def watch(self, person: str, *, on: bool) -> None:
        """Report `PresenceSeen` of this person, or not any more."""

    async def reject_call(self, caller: str, call_id: str) -> None: ...

    @property
    def groups(self) -> Groups: ...

    async def close(self) -> None: ...

    async def unlink(self) -> None:
        """Log the device out at WhatsApp, then close."""

    @property
    def connected(self) -> bool: ...

    @property
    def names_first(self) -> bool:
        """Proved in this process: `named` is called before a message leaves, so an unnamed one has not left."""


class Engine(Protocol):
    """Opens sessions. One a process; `open` and `close` are called one at a time by the host."""

    capabilities: Capabilities

    async def open(self, spec: SessionSpec, folder: str, sink: Sink) -> Session: ...

    async def pair(self, spec: SessionSpec, folder: str, phone: str, report: Callable[[PairingEvent], None]) -> None:
        """Return after `Linked` or `PairingFailed` was reported."""
