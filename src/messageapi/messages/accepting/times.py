"""When a message is to be sent and until when, from what people write."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from messageapi.messages import errors
from messageapi.messages.content.requests import Envelope

_MINUTE_MS = 60_000
PAST_MS = 5 * _MINUTE_MS
"""Clocks differ and requests are repeated: a `sendAt` that has just passed means now."""
LONGEST_MS = 366 * 24 * 60 * _MINUTE_MS


class Times(msgspec.Struct, frozen=True):
    """Milliseconds since 1970; None: at once, and without an end."""

    send_at: int | None = None
    expires_at: int | None = None

    @property
    def first(self) -> int | None:
        """When the message has to be looked at first: it never expires before it is due."""
        return self.expires_at if self.send_at is None else self.send_at


def times(request: Envelope, now: int) -> Times:
    """Raise Problem time_invalid."""
    if request.send_at is None and request.expires_at is None:
        if request.time_zone is not None:
            _zone(request.time_zone)
        return Times()
    zone = _zone(request.time_zone) if request.time_zone is not None else None
    send_at = _ms("sendAt", request.send_at, zone, now)
    expires_at = _ms("expiresAt", request.expires_at, zone, now)
    if send_at is not None and send_at < now - PAST_MS:
        raise errors.time_invalid("sendAt", "has passed. Choose a later time, or leave it out to send at once.")
    if expires_at is not None and expires_at <= max(now, send_at or now):
        raise errors.time_invalid("expiresAt", "must be later than now and than `sendAt`. Choose a later time.")
    return Times(send_at if send_at is not None and send_at > now else None, expires_at)


def _ms(field: str, at: datetime | None, zone: tzinfo | None, now: int) -> int | None:
    if at is None:
        return None
    try:
        aware = _aware(field, at, zone)
        ms = int(aware.timestamp() * 1000)
    except (OverflowError, OSError):  # the first and the last day of the calendar, with an offset
        raise errors.time_invalid(field, "is beyond the calendar. Choose another time.") from None
    if ms > now + LONGEST_MS:
        raise errors.time_invalid(field, "is more than a year away. Choose an earlier time.")
    return ms


def _aware(field: str, at: datetime, zone: tzinfo | None) -> datetime:
    if at.tzinfo is not None:
        return at
    if zone is None:
        raise errors.time_invalid(field, "has no offset. Write it as 2026-11-22T12:56:00+01:00, or add `timeZone`.")
    local = at.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise errors.time_invalid(field, "does not exist in this time zone: clocks skip it. Choose another time.")
    return local


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # it looks for a file of this name
        raise errors.time_invalid("timeZone", "is no IANA name. It looks like Europe/Berlin.") from None
