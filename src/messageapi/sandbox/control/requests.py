"""The bodies of control requests. What does not fit is refused before anything happens."""

from typing import Annotated, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from messageapi.sandbox.draft import MessageId, Phone
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.server.faults import LoginFailure

Name = Annotated[str, Meta(min_length=1, max_length=100)]
GroupId = Annotated[str, Meta(pattern=r"^[0-9]{5,25}(@g\.us)?$")]
Delay = Annotated[int, Meta(ge=0, le=600_000)]
ErrorCode = Annotated[int, Meta(ge=100, le=999)]


class Request(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Empty bodies are requests as well, where every field has a default."""


class NewPhone(Request):
    phone: Phone
    name: Name | None = None


class Scan(Request):
    qr: Annotated[str, Meta(min_length=1, max_length=2000)]


class Code(Request):
    code: Annotated[str, Meta(min_length=1, max_length=40)]


class Read(Request):
    ids: Annotated[list[MessageId], Meta(max_length=1000)] = []
    all: bool = False


class Played(Request):
    ids: Annotated[list[MessageId], Meta(max_length=1000)]


class Typing(Request):
    to: Annotated[str, Meta(min_length=1, max_length=60)]
    state: Literal["composing", "recording", "paused"] = "composing"


class Unlink(Request):
    device: int | None = None


class Failure(Request):
    reason: ErrorCode
    code: Annotated[int, Meta(ge=0, le=9999)] | None = None
    expire: Annotated[int, Meta(ge=0, le=1 << 31)] | None = None

    def as_login_failure(self) -> LoginFailure:
        return LoginFailure(self.reason, self.code, self.expire)


class Ban(Request):
    """`code`: why, as WhatsApp numbers it (101 to 106)."""

    seconds: Annotated[int, Meta(ge=1, le=10_000_000)]
    code: Annotated[int, Meta(ge=0, le=9999)] = 101


class PhoneChange(Request):
    online: bool | UnsetType = UNSET
    delay_ms: Delay | UnsetType = UNSET
    refuse: ErrorCode | UnsetType | None = UNSET
    receipts: Annotated[list[Literal["delivered", "read"]], Meta(max_length=2)] | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    login_failure: Failure | UnsetType | None = UNSET
    ask_retry: bool | UnsetType = UNSET
    garble: bool | UnsetType = UNSET
    listed: bool | UnsetType = UNSET
    contacts: Annotated[list[Phone], Meta(max_length=1000)] | UnsetType = UNSET


class NewGroup(Request):
    subject: Name
    members: Annotated[list[Phone], Meta(min_length=1, max_length=1000)]
    id: GroupId | None = None


class Call(Request):
    to: Phone
    video: bool = False


class HangUp(Request):
    id: Annotated[str, Meta(min_length=1, max_length=64)]


class MemberChange(Request):
    """`by` is the phone that does it."""

    by: Phone
    change: Literal["add", "remove", "promote", "demote", "join", "leave"]
    members: Annotated[list[Phone], Meta(max_length=1000)] = []


class GroupChange(Request):
    by: Phone
    subject: Name | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=2048)] | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    announce: bool | UnsetType = UNSET


class NewNewsletter(Request):
    name: Name
    owner: Phone
    followers: Annotated[list[Phone], Meta(max_length=1000)] = []
    id: Annotated[str, Meta(pattern=r"^[0-9]{5,25}(@newsletter)?$")] | None = None


class FaultChange(Request):
    drop_acks: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
    ack_delay_ms: Delay | UnsetType = UNSET
    sink_messages: bool | UnsetType = UNSET
    silent: bool | UnsetType = UNSET
    refuse_uploads: Literal[0, 400, 401, 403, 404, 410, 413, 415, 429, 500, 503, 507] | UnsetType = UNSET


Body = TypeVar("Body", bound=msgspec.Struct)


async def read_body(request: web.Request, kind: type[Body]) -> Body:
    data = await request.read()
    try:
        return msgspec.json.decode(data or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise SandboxError("bad_request", f"The request is not valid: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SandboxError("bad_json", "The body is not valid JSON in UTF-8.") from None


def read_number(request: web.Request, name: str, highest: float) -> float:
    """A number in the query, 0 when it is not there."""
    text = request.query.get(name, "0")
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= highest:
        raise SandboxError("bad_request", f"`{name}` is a number from 0 to {highest:g}.")
    return number
