"""The public shape of numbers."""

from typing import Annotated, Literal

import msgspec
import phonenumbers
from msgspec import Meta

from messageapi.engines.port import Network, PairingCode, Qr
from messageapi.numbers.backlog import Backlog
from messageapi.numbers.create import LONGEST_NAME
from messageapi.numbers.number import AutoDownload, Number
from messageapi.numbers.states import State
from messageapi.pacing.limits import paced
from messageapi.pacing.schemas import PacingEdit, PacingView, pacing_view
from messageapi.pacing.turns import Pace
from messageapi.vocab.clock import iso

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, description="Yours to choose.", examples=["Shop"])]


class NewNumber(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A number to be made; it is linked in a second step."""

    name: Name
    network: Annotated[
        Network,
        Meta(description="`sandbox` is a network of this server's own, with virtual phones, for trying things."),
    ] = "whatsapp"


class NumberEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is."""

    name: Name | None = None
    default: Annotated[bool | None, Meta(description="True: messages that name no number go out from this one.")] = None
    typing: Annotated[
        bool | None,
        Meta(description="True: `typing` or `recording` is shown before every message, for a fitting time."),
    ] = None
    online: Annotated[
        bool | None,
        Meta(description="True: seen as online while it is connected. Its phone then shows no notifications."),
    ] = None
    auto_read: Annotated[
        bool | None, Meta(description="True: what comes is marked as read at once; whoever wrote it sees that.")
    ] = None
    reject_calls: Annotated[bool | None, Meta(description="True: calls are turned away as they come.")] = None
    auto_download: Annotated[
        AutoDownload | None,
        Meta(description="Which files of received messages are fetched at once: none, the small ones, or all."),
    ] = None
    own_messages: Annotated[
        bool | None, Meta(description="True: what its owner writes on the phone is stored and told, too.")
    ] = None
    pacing: PacingEdit | None = None


class LinkRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """How the phone will confirm: by scanning a QR code, or by typing a code."""

    method: Literal["qr", "code"] = "qr"
    phone: Annotated[
        Annotated[str, Meta(max_length=40)] | None,
        Meta(description="The number's own digits with country code; needed for `code`."),
    ] = None


class QueueView(msgspec.Struct, rename="camel"):
    """What waits to be sent. Messages that are scheduled for later do not count."""

    length: int
    oldest_at: Annotated[str | None, Meta(description="Since when the first of them has been waiting.")]


class NumberView(msgspec.Struct, rename="camel", kw_only=True):
    """A number as its owner sees it."""

    id: str
    name: str
    network: Network
    phone: Annotated[str | None, Meta(description="E.164, once it is linked.")]
    phone_grouped: Annotated[str | None, Meta(description="The same, spaced as in its country.")]
    lid: Annotated[str | None, Meta(description="WhatsApp's other, hidden address of the number.")]
    state: State
    reason_code: str | None
    reason: Annotated[str | None, Meta(description="Why it is in this state, and what to do next.")]
    since: Annotated[str | None, Meta(description="When it came into this state.")]
    last_stanza_at: Annotated[str | None, Meta(description="When WhatsApp was last heard on its connection.")]
    limited_until: str | None
    default: bool
    typing: Annotated[bool, Meta(description="`typing` or `recording` is shown before every message.")]
    online: Annotated[bool, Meta(description="Seen as online while it is connected.")]
    auto_read: Annotated[bool, Meta(description="What comes is marked as read at once.")]
    reject_calls: Annotated[bool, Meta(description="Calls are turned away as they come.")]
    auto_download: Annotated[AutoDownload, Meta(description="Which files of received messages are fetched at once.")]
    own_messages: Annotated[bool, Meta(description="What its owner writes on the phone is stored and told, too.")]
    pacing: PacingView
    paused_at: Annotated[str | None, Meta(description="Nothing is sent since then. Resume the number to go on.")]
    queue: QueueView
    created_at: str | None


class UnlinkView(NumberView, rename="camel", kw_only=True):
    """An unlinked number."""

    logged_out_at_whatsapp: Annotated[
        bool, Meta(description="False: remove the device on the phone too (Settings, Linked devices).")
    ]


class PairingView(msgspec.Struct, rename="camel", kw_only=True):
    """The newest QR code's content, or the code to type in on the phone. A credential: store it nowhere."""

    method: Literal["qr", "code"]
    qr: str | None = None
    code: str | None = None
    expires_at: str | None


def view(number: Number, pace: Pace, backlog: Backlog, now: int) -> NumberView:
    return NumberView(
        id=number.id,
        name=number.name,
        network=number.network,
        phone=number.phone,
        phone_grouped=grouped(number.phone),
        lid=number.lid,
        state=number.state,
        reason_code=number.reason_code,
        reason=number.reason,
        since=iso(number.state_since),
        last_stanza_at=iso(number.evidence_at),
        limited_until=iso(number.limited_until),
        default=number.is_default,
        typing=number.shows_typing,
        online=number.shows_online,
        auto_read=number.auto_read,
        reject_calls=number.reject_calls,
        auto_download=number.auto_download,
        own_messages=number.own_messages,
        pacing=pacing_view(pace, now, on=paced(number.network, number.paced)),
        paused_at=iso(number.paused_at),
        queue=QueueView(backlog.length, iso(backlog.oldest_at)),
        created_at=iso(number.created_at),
    )


def unlink_view(shown: NumberView, *, at_whatsapp: bool) -> UnlinkView:
    return UnlinkView(**msgspec.structs.asdict(shown), logged_out_at_whatsapp=at_whatsapp)


def grouped(phone: str | None) -> str | None:
    """`+49 1512 3456789`; a number no country knows stays as it is."""
    if phone is None:
        return None
    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def pairing_view(event: Qr | PairingCode) -> PairingView:
    if isinstance(event, Qr):
        return PairingView(method="qr", qr=event.code, expires_at=iso(event.expires_at))
    return PairingView(method="code", code=event.code, expires_at=iso(event.expires_at))
