"""Times as people read them: in their language and in their time zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from babel.dates import format_datetime, format_timedelta, get_timezone

from messageapi.words.catalogue import locale_of

Length = Literal["short", "medium", "long", "full"]


def moment(ms: int, *, language: str = "en", time_zone: str = "UTC", length: Length = "medium") -> str:
    """`Nov 22, 2026, 1:00:00 PM`; with `long` the zone as well. An unknown zone is UTC."""
    then = datetime.fromtimestamp(ms / 1000, UTC)
    return str(format_datetime(then, length, tzinfo=zone_of(time_zone), locale=locale_of(language)))


def since(ms: int, now: int, *, language: str = "en") -> str:
    """`3 minutes ago`, `in 2 hours`."""
    gap = timedelta(milliseconds=ms - now)
    return str(format_timedelta(gap, add_direction=True, locale=locale_of(language)))


def zone_of(name: str) -> tzinfo:
    try:
        return get_timezone(name)
    except (LookupError, ValueError):
        return UTC
