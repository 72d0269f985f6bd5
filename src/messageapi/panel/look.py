"""What templates call: times, numbers and states in words, in the visitor's language and time zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from messageapi.numbers.schemas import grouped
from messageapi.panel.navigation import leads
from messageapi.panel.visitor import Visitor

_A_WEEK = timedelta(days=7)


class Badge(NamedTuple):
    """A state in one look: colour, word and icon, never colour alone."""

    tone: str  # good | wait | bad | seen | plain
    word: str
    icon: str


NUMBER_STATES: dict[str, Badge] = {
    "created": Badge("plain", "Not linked", "unlink"),
    "linking": Badge("wait", "Linking", "qr-code"),
    "connecting": Badge("wait", "Connecting", "refresh-cw"),
    "connected": Badge("good", "Connected", "circle-check"),
    "degraded": Badge("wait", "Degraded", "activity"),
    "reconnecting": Badge("wait", "Reconnecting", "refresh-cw"),
    "limited": Badge("wait", "Limited", "hourglass"),
    "passkey_required": Badge("wait", "Passkey needed", "fingerprint"),
    "logged_out": Badge("bad", "Logged out", "log-out"),
    "replaced": Badge("bad", "Replaced", "copy"),
    "banned": Badge("bad", "Banned", "ban"),
    "stopped": Badge("plain", "Stopped", "pause"),
}
MESSAGE_STATES: dict[str, Badge] = {
    "scheduled": Badge("plain", "Scheduled", "calendar"),
    "accepted": Badge("plain", "Waiting", "clock"),
    "sending": Badge("wait", "Sending", "send"),
    "sent": Badge("wait", "Sent", "check"),
    "delivered": Badge("good", "Delivered", "check-check"),
    "read": Badge("seen", "Read", "check-check"),
    "played": Badge("seen", "Played", "check-check"),
    "failed": Badge("bad", "Failed", "circle-x"),
    "unconfirmed": Badge("wait", "Unconfirmed", "circle-help"),
    "expired": Badge("bad", "Expired", "hourglass"),
    "canceled": Badge("plain", "Canceled", "ban"),
    "received": Badge("good", "Received", "inbox"),
}


def moment(visitor: Visitor, ms: int | None, otherwise: str = "") -> Markup:
    """`5 minutes ago`, with the exact time on hover; a script keeps it true while the page is open."""
    if ms is None:
        return Markup('<span class="faint">{}</span>').format(otherwise)
    mark = Markup('<time datetime="{}" title="{}" data-ago>{}</time>')
    return mark.format(_utc(ms).isoformat(timespec="seconds"), exact(visitor, ms), _near(visitor, ms))


def exact(visitor: Visitor, ms: int) -> str:
    """`22 Nov 2026, 14:02:11 CET`"""
    zone, locale = ZoneInfo(visitor.time_zone), _locale(visitor)
    return format_datetime(_utc(ms), "d MMM y, HH:mm:ss z", tzinfo=zone, locale=locale)


def day(visitor: Visitor, ms: int) -> str:
    """`22 Nov 2026`"""
    return format_date(_utc(ms).astimezone(ZoneInfo(visitor.time_zone)), "d MMM y", locale=_locale(visitor))


def _near(visitor: Visitor, ms: int) -> str:
    """Beyond a week the date says more than how long it is."""
    away = timedelta(milliseconds=ms - visitor.now)
    if abs(away) >= _A_WEEK:
        return day(visitor, ms)
    return format_timedelta(away, add_direction=True, threshold=1, locale=_locale(visitor))


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _locale(visitor: Visitor) -> str:
    return visitor.language.replace("-", "_")


def counted(number: int) -> str:
    """`12,345`"""
    return format_decimal(number, locale="en")


def phone(number: str | None) -> str:
    return grouped(number) or ""


def initials(name: str) -> str:
    parts = name.split()
    return "".join(part[0] for part in (parts[0], *parts[1:][-1:])).upper()


def marked(sentence: str) -> Markup:
    """Words between backticks become code, as in the sentences of problems."""
    pieces = str(escape(sentence)).split("`")
    return Markup("".join(f"<code>{each}</code>" if at % 2 else each for at, each in enumerate(pieces)))  # noqa: S704


GLOBALS: dict[str, object] = {
    "number_states": NUMBER_STATES,
    "message_states": MESSAGE_STATES,
    "moment": moment,
    "exact": exact,
    "day": day,
    "leads": leads,
}
FILTERS: dict[str, Callable[..., object]] = {
    "counted": counted,
    "phone": phone,
    "initials": initials,
    "marked": marked,
}
