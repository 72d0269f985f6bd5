"""When a delivery is tried again. Pure: the caller brings time and chance."""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

AFTER_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""How long after each failure: with the first try at once, ten tries in three days."""
TRIES = len(AFTER_S) + 1
JITTER = 0.1
"""Up to this much later, so that those who failed together do not come back together."""
LONGEST_WISH_MS = 24 * 3_600_000
LAST_MS = 60_000
"""The last try comes this long before the event is gone, where the schedule would miss it."""
DISABLE_MS = 5 * 24 * 3_600_000


def again(tries: int, now: int, wish_ms: int, expires_at: int, chance: float) -> int | None:
    """The time of the next try after `tries` that failed; None when there is none. `chance`: 0 to 1."""
    if tries >= TRIES:
        return None
    after = AFTER_S[max(tries, 1) - 1] * 1_000
    due = now + max(round(after * (1 + JITTER * chance)), wish_ms)
    last = expires_at - LAST_MS
    if due <= last:
        return due
    return last if last > now + after / 2 else None


def wish(retry_after: str, now: int) -> int:
    """Milliseconds a receiver wants to be left alone, from its Retry-After header; 0 when it does not say."""
    if retry_after.isascii() and retry_after.strip().isdigit():
        return min(int(retry_after.strip()[:9]) * 1_000, LONGEST_WISH_MS)
    try:
        at = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError):
        return 0
    seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return min(max(0, math.ceil(seconds * 1_000) - now), LONGEST_WISH_MS)
