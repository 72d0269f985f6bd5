"""The control interface from the other side: a client for the command line, the demo, tests and benchmarks."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

import aiohttp
import msgspec

from messageapi.sandbox import published, views
from messageapi.sandbox.draft import Draft
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.planted import Refusal
from messageapi.sandbox.shown import InboxMessage, SentShown
from messageapi.sandbox.views import (
    DeviceView,
    FaultsView,
    GroupView,
    InboxPage,
    NewsletterView,
    NoticePage,
    PhoneView,
    SentPage,
    StatsView,
)

__all__ = [
    "DeviceView",
    "FaultsView",
    "GroupView",
    "InboxMessage",
    "InboxPage",
    "NewsletterView",
    "NoticePage",
    "PhoneView",
    "SandboxControl",
    "SandboxError",
    "SentPage",
    "SentShown",
    "StatsView",
]

DEADLINE_SECONDS = 10.0
LINK_SECONDS = 45.0
FILE_SECONDS = 60.0
_ANY_STATUS_BELOW = 400

Answer = TypeVar("Answer")
Typing = Literal["composing", "recording", "paused"]


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
        """`drop_acks`, `ack_delay_ms`, `sink_messages`, `silent`, `refuse_uploads`; returns what holds now."""
        return await self._call("PATCH", "/faults", FaultsView, _camel(changes))

    async def plant(self, refusal: Refusal) -> Refusal:
        """Have messages refused that fit; returns it with its id."""
        return await self._call("POST", "/refusals", Refusal, refusal)

    async def refusals(self) -> list[Refusal]:
        """What is planted, with how often each was met. One that has served its `times` is gone."""
        return (await self._call("GET", "/refusals", views.Refusals)).refusals

    async def lift(self, refusal_id: str | None = None) -> list[Refusal]:
        """Take back one refusal or all; returns what is left."""
        path = f"/refusals/{refusal_id}" if refusal_id else "/refusals"
        return (await self._call("DELETE", path, views.Refusals)).refusals

    async def ban(self, phone: str, seconds: int, code: int = 101) -> int:
        """Send the linked devices away, now and at each login, for so long; returns until when (unix seconds)."""
        return (await self._call("POST", _path(phone, "ban"), views.Banned, {"seconds": seconds, "code": code})).until

    async def create_group(self, subject: str, members: Iterable[str], group_id: str | None = None) -> GroupView:
        body: dict[str, object] = {"subject": subject, "members": list(members)}
        if group_id:
            body["id"] = group_id
        return await self._call("POST", "/groups", GroupView, body)

    async def groups(self) -> list[GroupView]:
        return (await self._call("GET", "/groups", views.Groups)).groups

    async def group(self, group_id: str) -> GroupView:
        return await self._call("GET", f"/groups/{group_id}", GroupView)

    async def change_members(self, group_id: str, by: str, change: str, members: Iterable[str] = ()) -> GroupView:
        """The phone `by` does `add`, `remove`, `promote` or `demote` to others, or `join` or `leave` itself."""
        body = {"by": by, "change": change, "members": list(members)}
        return await self._call("POST", f"/groups/{group_id}/members", GroupView, body)

    async def change_group(self, group_id: str, by: str, **changes: object) -> GroupView:
        """The phone `by` sets `subject`, `description`, `locked` or `announce`."""
        return await self._call("PATCH", f"/groups/{group_id}", GroupView, {"by": by, **changes})

    async def create_newsletter(self, name: str, owner: str, followers: Iterable[str] = ()) -> NewsletterView:
        """A channel that the owner's linked devices may write to; its followers' phones show what is written."""
        body = {"name": name, "owner": owner, "followers": list(followers)}
        return await self._call("POST", "/newsletters", NewsletterView, body)

    async def newsletters(self) -> list[NewsletterView]:
        return (await self._call("GET", "/newsletters", views.Newsletters)).newsletters

    # --- phones ---

    async def phones(self) -> list[PhoneView]:
        return (await self._call("GET", "/phones", views.Phones)).phones

    async def phone(self, phone: str) -> PhoneView:
        return await self._call("GET", _path(phone), PhoneView)

    async def create_phone(self, phone: str, name: str | None = None) -> PhoneView:
        """The phone with this number, made now if there is none."""
        body = {"phone": phone, "name": name} if name else {"phone": phone}
        return await self._call("POST", "/phones", PhoneView, body)

    async def scan(self, phone: str, qr: str) -> int:
        """Link what shows this QR code; returns the device number."""
        return (await self._call("POST", _path(phone, "scan"), views.Linked, {"qr": qr}, LINK_SECONDS)).device

    async def enter_code(self, phone: str, code: str) -> int:
        """Link what shows this eight-character code; returns the device number."""
        return (await self._call("POST", _path(phone, "code"), views.Linked, {"code": code}, LINK_SECONDS)).device

    async def inbox(self, phone: str, after: int = 0, wait: float = 0.0) -> InboxPage:
        """Messages behind number `after`; with `wait` (at most 30 s) the answer comes when there is one."""
        path = f"{_path(phone, 'inbox')}?after={after}&wait={wait:g}"
        return await self._call("GET", path, InboxPage, deadline=DEADLINE_SECONDS + wait)

    async def notices(self, phone: str, after: int = 0, wait: float = 0.0) -> NoticePage:
        """What the phone noticed beside messages, behind number `after`: typing, receipts, presence."""
        path = f"{_path(phone, 'notices')}?after={after}&wait={wait:g}"
        return await self._call("GET", path, NoticePage, deadline=DEADLINE_SECONDS + wait)

    async def written(self, phone: str, after: int = 0) -> SentPage:
        """What the phone has sent itself since the network started, behind number `after`."""
        return await self._call("GET", f"{_path(phone, 'sent')}?after={after}", SentPage)

    async def media(self, phone: str, n: int) -> bytes:
        """The file of the inbox message with this number, downloaded and decrypted."""
        return await self._fetch("GET", _path(phone, f"inbox/{n}/media"), deadline=FILE_SECONDS)

    async def send(self, phone: str, to: str, text: str, message_id: str | None = None) -> str:
        """The phone writes to `+E164` or to a group `...@g.us`; returns the message's id."""
        return await self.write(phone, Draft(to=to, text=text, id=message_id))

    async def write(self, phone: str, draft: Draft) -> str:
        """The phone sends a message of any type; returns its id."""
        return (await self._call("POST", _path(phone, "send"), views.Sent, draft, FILE_SECONDS)).id

    async def typing(self, phone: str, to: str, state: Typing = "composing") -> None:
        await self._call("POST", _path(phone, "typing"), dict[str, str], {"to": to, "state": state})

    async def call(self, phone: str, to: str, *, video: bool = False) -> str:
        """The phone calls another number; returns the call's id."""
        return (await self._call("POST", _path(phone, "call"), views.Sent, {"to": to, "video": video})).id

    async def hang_up(self, phone: str, call_id: str) -> None:
        await self._call("POST", _path(phone, "hangup"), views.Sent, {"id": call_id})

    async def played(self, phone: str, ids: Iterable[str]) -> list[str]:
        """Say that these voice notes were listened to; returns for which."""
        return (await self._call("POST", _path(phone, "played"), views.WasPlayed, {"ids": list(ids)})).played

    async def read(self, phone: str, ids: Iterable[str] | None = None) -> list[str]:
        """Send read receipts for these messages, or for all unread ones; returns for which."""
        body: dict[str, object] = {"all": True} if ids is None else {"ids": list(ids)}
        return (await self._call("POST", _path(phone, "read"), views.WasRead, body)).read

    async def change(self, phone: str, **changes: object) -> PhoneView:
        """`online`, `delay_ms`, `refuse`, `receipts`, `name`, `login_failure`, `ask_retry`, `garble`, `listed` or
        `contacts`.
        """
        return await self._call("PATCH", _path(phone), PhoneView, _camel(changes))

    async def forget_sessions(self, phone: str) -> None:
        """The phone loses its Signal sessions: what it is sent next it has to ask for again."""
        await self._call("POST", _path(phone, "forget"), PhoneView)

    async def unlink(self, phone: str, device: int | None = None) -> list[int]:
        """Part with one linked device or with all; returns with which."""
        body = {} if device is None else {"device": device}
        return (await self._call("POST", _path(phone, "unlink"), views.Devices, body)).devices

    async def kick(self, phone: str) -> list[int]:
        """Break the connections of the linked devices; they come back by themselves."""
        return (await self._call("POST", _path(phone, "kick"), views.Devices)).devices

    async def replace(self, phone: str) -> list[int]:
        """Tell the linked devices that another client has taken their place."""
        return (await self._call("POST", _path(phone, "replace"), views.Devices)).devices

    # --- transport ---

    async def _call(
        self,
        method: str,
        path: str,
        kind: type[Answer],
        body: object = None,
        deadline: float = DEADLINE_SECONDS,
    ) -> Answer:
        return msgspec.json.decode(await self._fetch(method, path, body, deadline), type=kind)

    async def _fetch(self, method: str, path: str, body: object = None, deadline: float = DEADLINE_SECONDS) -> bytes:
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
        return content


def _error(content: bytes, status: int) -> SandboxError:
    try:
        problem = msgspec.json.decode(content, type=views.Problem)
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
