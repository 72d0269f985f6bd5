"""The control interface from the other side: a client for the command line, the demo, tests and benchmarks."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

import aiohttp
import msgspec

from messageapi.sandbox import published
from messageapi.sandbox.errors import SandboxError

__all__ = [
    "DeviceView",
    "FaultsView",
    "GroupView",
    "InboxMessage",
    "InboxPage",
    "PhoneView",
    "SandboxControl",
    "SandboxError",
    "StatsView",
]

DEADLINE_SECONDS = 10.0
LINK_SECONDS = 45.0
_ANY_STATUS_BELOW = 400

Receipt = Literal["delivered", "read"]


class DeviceView(msgspec.Struct, rename="camel", frozen=True):
    device: int
    online: bool
    linked_at: int
    kept: int  # stanzas it has not acknowledged


class PhoneView(msgspec.Struct, rename="camel", frozen=True):
    phone: str
    lid: str
    name: str
    online: bool
    devices: list[DeviceView]
    inbox: int


class InboxMessage(msgspec.Struct, rename="camel", frozen=True):
    n: int
    id: str
    from_: str = msgspec.field(name="from")
    from_lid: str = msgspec.field()
    from_device: int = msgspec.field()
    chat: str = msgspec.field()
    group: bool = msgspec.field()
    own: bool = msgspec.field()
    type: str = msgspec.field()
    text: str = msgspec.field()
    at: int = msgspec.field()
    enc: str = msgspec.field()


class InboxPage(msgspec.Struct, frozen=True):
    messages: list[InboxMessage]
    next: int


class GroupView(msgspec.Struct, frozen=True):
    id: str
    subject: str
    members: list[str]


class FaultsView(msgspec.Struct, rename="camel", frozen=True):
    drop_acks: int
    ack_delay_ms: int
    sink_messages: bool
    silent: bool


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


class _Linked(msgspec.Struct):
    device: int


class _Sent(msgspec.Struct):
    id: str


class _Phones(msgspec.Struct):
    phones: list[PhoneView]


class _Groups(msgspec.Struct):
    groups: list[GroupView]


class _Devices(msgspec.Struct):
    devices: list[int]


class _WasRead(msgspec.Struct):
    read: list[str]


class _Problem(msgspec.Struct):
    error: str
    message: str


Answer = TypeVar("Answer")


class SandboxControl:
    """Use as `async with SandboxControl.from_folder(folder) as control`, or call `close()` in the end."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """Raise SandboxError when no network runs with this data folder."""
        found = published.read(folder)
        return cls(found.control, found.token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    # --- the network ---

    async def health(self) -> None:
        """Return when the network answers, else raise SandboxError."""
        await self._call("GET", "/health", dict[str, str])

    async def stats(self) -> StatsView:
        return await self._call("GET", "/stats", StatsView)

    async def faults(self, **changes: int | bool) -> FaultsView:
        """`drop_acks`, `ack_delay_ms`, `sink_messages`, `silent`; returns what holds now."""
        return await self._call("PATCH", "/faults", FaultsView, _camel(changes))

    async def create_group(self, subject: str, members: Iterable[str], group_id: str | None = None) -> GroupView:
        body: dict[str, object] = {"subject": subject, "members": list(members)}
        if group_id:
            body["id"] = group_id
        return await self._call("POST", "/groups", GroupView, body)

    async def groups(self) -> list[GroupView]:
        return (await self._call("GET", "/groups", _Groups)).groups

    # --- phones ---

    async def phones(self) -> list[PhoneView]:
        return (await self._call("GET", "/phones", _Phones)).phones

    async def phone(self, phone: str) -> PhoneView:
        return await self._call("GET", _path(phone), PhoneView)

    async def create_phone(self, phone: str, name: str | None = None) -> PhoneView:
        """The phone with this number, made now if there is none."""
        body = {"phone": phone, "name": name} if name else {"phone": phone}
        return await self._call("POST", "/phones", PhoneView, body)

    async def scan(self, phone: str, qr: str) -> int:
        """Link what shows this QR code; returns the device number."""
        return (await self._call("POST", _path(phone, "scan"), _Linked, {"qr": qr}, LINK_SECONDS)).device

    async def enter_code(self, phone: str, code: str) -> int:
        """Link what shows this eight-character code; returns the device number."""
        return (await self._call("POST", _path(phone, "code"), _Linked, {"code": code}, LINK_SECONDS)).device

    async def inbox(self, phone: str, after: int = 0, wait: float = 0.0) -> InboxPage:
        """Messages behind number `after`; with `wait` (at most 30 s) the answer comes when there is one."""
        path = f"{_path(phone, 'inbox')}?after={after}&wait={wait:g}"
        return await self._call("GET", path, InboxPage, deadline=DEADLINE_SECONDS + wait)

    async def send(self, phone: str, to: str, text: str, message_id: str | None = None) -> str:
        """The phone writes to `+E164` or to a group `...@g.us`; returns the message's id."""
        body = {"to": to, "text": text}
        if message_id:
            body["id"] = message_id
        return (await self._call("POST", _path(phone, "send"), _Sent, body)).id

    async def read(self, phone: str, ids: Iterable[str] | None = None) -> list[str]:
        """Send read receipts for these messages, or for all unread ones; returns for which."""
        body: dict[str, object] = {"all": True} if ids is None else {"ids": list(ids)}
        return (await self._call("POST", _path(phone, "read"), _WasRead, body)).read

    async def change(self, phone: str, **changes: object) -> PhoneView:
        """`online`, `delay_ms`, `refuse`, `receipts`, `name`, `login_failure`, `ask_retry`."""
        return await self._call("PATCH", _path(phone), PhoneView, _camel(changes))

    async def forget_sessions(self, phone: str) -> None:
        """The phone loses its Signal sessions: what it is sent next it has to ask for again."""
        await self._call("POST", _path(phone, "forget"), PhoneView)

    async def unlink(self, phone: str, device: int | None = None) -> list[int]:
        """Part with one linked device or with all; returns with which."""
        body = {} if device is None else {"device": device}
        return (await self._call("POST", _path(phone, "unlink"), _Devices, body)).devices

    async def kick(self, phone: str) -> list[int]:
        """Break the connections of the linked devices; they come back by themselves."""
        return (await self._call("POST", _path(phone, "kick"), _Devices)).devices

    async def replace(self, phone: str) -> list[int]:
        """Tell the linked devices that another client has taken their place."""
        return (await self._call("POST", _path(phone, "replace"), _Devices)).devices

    # --- transport ---

    async def _call(
        self,
        method: str,
        path: str,
        kind: type[Answer],
        body: object = None,
        deadline: float = DEADLINE_SECONDS,
    ) -> Answer:
        session = self._session = self._session or aiohttp.ClientSession(headers=self._headers)
        data = None if body is None else msgspec.json.encode(body)
        limit = aiohttp.ClientTimeout(total=deadline)
        try:
            async with session.request(method, self._address + path, data=data, timeout=limit) as response:
                content = await response.read()
        except TimeoutError:
            raise SandboxError("timeout", "The sandbox network did not answer in time.", 504) from None
        except aiohttp.ClientError as error:
            reason = type(error).__name__
            raise SandboxError("not_running", f"The sandbox network cannot be reached ({reason}).", 503) from None
        if response.status >= _ANY_STATUS_BELOW:
            raise _error(content, response.status)
        return msgspec.json.decode(content, type=kind)


def _error(content: bytes, status: int) -> SandboxError:
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.DecodeError:
        return SandboxError("unexpected", f"The sandbox network answered with status {status}.", status)
    return SandboxError(problem.error, problem.message, status)


def _path(phone: str, action: str = "") -> str:
    digits = phone.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise SandboxError("bad_phone", "A phone number has 7 to 15 digits, as in +4915112345678.")
    return f"/phones/{digits}/{action}" if action else f"/phones/{digits}"


def _camel(changes: dict[str, object] | dict[str, int | bool]) -> dict[str, object]:
    """snake_case names as the interface spells them."""
    return {name[0] + name.title().replace("_", "")[1:]: value for name, value in changes.items()}
