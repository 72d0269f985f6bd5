"""How many people a number may ask WhatsApp about in an hour: asking about strangers is what spammers do."""

import msgspec

from messageapi.errors import Problem
from messageapi.vocab.recent import Recent

MOST_AN_HOUR = 300
HOUR_MS = 3_600_000
REMEMBERED = 10_000


class _Hour(msgspec.Struct):
    began: int
    used: int


_hours: Recent[str, _Hour] = Recent(REMEMBERED)


def take(number_id: str, phones: int, now: int) -> None:
    """In this process. Raise Problem too_many_checks."""
    hour = _hours.get(number_id)
    if hour is None or not hour.began <= now < hour.began + HOUR_MS:
        hour = _Hour(now, 0)
        _hours.keep(number_id, hour)
    if hour.used + phones > MOST_AN_HOUR:
        seconds = max(1, -(-(hour.began + HOUR_MS - now) // 1000))
        raise Problem(
            "too_many_checks",
            429,
            f"This number asked about {MOST_AN_HOUR} people within an hour. Go on after {seconds} seconds.",
            retry_after=seconds,
        )
    hour.used += phones
