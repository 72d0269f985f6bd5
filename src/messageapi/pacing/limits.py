"""What a number may send in which time, and how much less while it is fresh."""

from typing import NamedTuple

import msgspec

from messageapi.engines.port import Network

DAY_MS = 86_400_000


class Limits(msgspec.Struct, frozen=True):
    """Of one number. A budget of 0 is none: nothing is limited. The defaults are careful on purpose."""

    gap_ms: int = 4_000
    """Between the starts of two messages, at least;"""
    jitter_ms: int = 6_000
    """and up to so much more, by chance."""
    per_minute: int = 10
    per_hour: int = 200
    per_day: int = 1_000
    new_per_day: int = 50
    """Messages to people the number has not been in touch with."""
    warm_up: bool = True
    """Budgets of a day begin small and grow with the age of the link."""


class Warmth(NamedTuple):
    """From this day of the link on, at most so much a day."""

    day: int
    per_day: int
    new_per_day: int


WARM_UP = (
    Warmth(0, 20, 5),
    Warmth(1, 40, 10),
    Warmth(2, 70, 15),
    Warmth(4, 120, 20),
    Warmth(7, 250, 30),
    Warmth(14, 500, 40),
    Warmth(21, 800, 50),
)
"""For the first 30 days. Reports of banned numbers are mostly about fresh ones that wrote to many strangers."""
WARM_AFTER_DAYS = 30


def paced(network: Network, wish: bool | None) -> bool:
    """Whether a number's pace is kept: as its owner wishes, and else on WhatsApp only."""
    return network == "whatsapp" if wish is None else wish


def warmth(limits: Limits, age_ms: int) -> Warmth | None:
    """Where a number stands in its first days; None when it is warm."""
    day = max(0, age_ms) // DAY_MS
    if not limits.warm_up or day >= WARM_AFTER_DAYS:
        return None
    return next(each for each in reversed(WARM_UP) if each.day <= day)


def at_age(limits: Limits, age_ms: int) -> Limits:
    """The limits that count for a link of this age."""
    now = warmth(limits, age_ms)
    if now is None:
        return limits
    return msgspec.structs.replace(
        limits,
        per_day=_smaller(limits.per_day, now.per_day),
        new_per_day=_smaller(limits.new_per_day, now.new_per_day),
    )


def _smaller(own: int, warming: int) -> int:
    return min(own, warming) if own else warming
