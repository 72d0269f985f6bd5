"""What templates call: times, numbers and states in words, in the visitor's language and time zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from messageapi.numbers.schemas import grouped
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.words.catalogue import locale_of
from messageapi.words.moments import since, zone_of

_A_WEEK = timedelta(days=7)


class Badge(NamedTuple):
    """A state in one look: colour, word and icon, never colour alone."""

    tone: str  # good | wait | bad | seen | plain
    word: str
    icon: str


NUMBER_STATES: dict[str, Badge] = {
    "created": Badge("plain", N_("Not linked"), "unlink"),
    "linking": Badge("wait", N_("Linking"), "qr-code"),
    "connecting": Badge("wait", N_("Connecting"), "refresh-cw"),
    "connected": Badge("good", N_("Connected"), "circle-check"),
    "degraded": Badge("wait", N_("Degraded"), "activity"),
    "reconnecting": Badge("wait", N_("Reconnecting"), "refresh-cw"),
    "limited": Badge("wait", N_("Limited"), "hourglass"),
    "passkey_required": Badge("wait", N_("Passkey needed"), "fingerprint"),
    "logged_out": Badge("bad", N_("Logged out"), "log-out"),
    "replaced": Badge("bad", N_("Replaced"), "copy"),
    "banned": Badge("bad", N_("Banned"), "ban"),
    "stopped": Badge("plain", N_("Stopped"), "pause"),
}
MESSAGE_STATES: dict[str, Badge] = {
    "scheduled": Badge("plain", N_("Scheduled"), "calendar"),
    "accepted": Badge("plain", N_("Waiting"), "clock"),
    "sending": Badge("wait", N_("Sending"), "send"),
    "sent": Badge("wait", N_("Sent"), "check"),
    "delivered": Badge("good", N_("Delivered"), "check-check"),
    "read": Badge("seen", N_("Read"), "check-check"),
    "played": Badge("seen", N_("Played"), "check-check"),
    "failed": Badge("bad", N_("Failed"), "circle-x"),
    "unconfirmed": Badge("wait", N_("Unconfirmed"), "circle-help"),
    "expired": Badge("bad", N_("Expired"), "hourglass"),
    "canceled": Badge("plain", N_("Canceled"), "ban"),
    "received": Badge("good", N_("Received"), "inbox"),
}


def moment(visitor: Visitor, ms: int | None, otherwise: str = "") -> Markup:
    """`5 minutes ago`, with the exact time on hover; a script keeps it true while the page is open."""
    if ms is None:
        return Markup('<span class="faint">{}</span>').format(otherwise)
    mark = Markup('<time datetime="{}" title="{}" data-ago>{}</time>')
    return mark.format(machine(ms), exact(visitor, ms), _near(visitor, ms))


def exact(visitor: Visitor, ms: int) -> str:
    """`22 Nov 2026, 14:02:11 +0100`, or the zone by its name where the language has one"""
    zone, locale = zone_of(visitor.time_zone), locale_of(visitor.language)
    return str(format_datetime(_utc(ms), "d MMM y, HH:mm:ss z", tzinfo=zone, locale=locale))


def machine(ms: int) -> str:
    """For `<time datetime>`."""
    return _utc(ms).isoformat(timespec="seconds")


def clock(visitor: Visitor, ms: int) -> str:
    """`14:02`"""
    return str(_utc(ms).astimezone(zone_of(visitor.time_zone)).strftime("%H:%M"))


def day(visitor: Visitor, ms: int) -> str:
    """`22 Nov 2026`"""
    here = _utc(ms).astimezone(zone_of(visitor.time_zone))
    return str(format_date(here, "d MMM y", locale=locale_of(visitor.language)))


def _near(visitor: Visitor, ms: int) -> str:
    """Beyond a week the date says more than how long it is."""
    away = timedelta(milliseconds=ms - visitor.now)
    return day(visitor, ms) if abs(away) >= _A_WEEK else since(ms, visitor.now, language=visitor.language)


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


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
    "machine": machine,
    "day": day,
    "clock": clock,
}
FILTERS: dict[str, Callable[..., object]] = {
    "counted": counted,
    "phone": phone,
    "initials": initials,
    "marked": marked,
}
