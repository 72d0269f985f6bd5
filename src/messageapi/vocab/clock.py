"""The only source of time, so that tests can hold it still. Times are integers: milliseconds since 1970, UTC."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

Clock = Callable[[], int]


def now_ms() -> int:
    """Milliseconds since 1970-01-01T00:00Z."""
    return time.time_ns() // 1_000_000


def iso(ms: int | None) -> str | None:
    """`2026-11-22T12:56:00.123Z`, or None for a time that has not come."""
    if ms is None:
        return None
    seconds, millis = divmod(ms, 1000)
    return f"{_to_the_second(seconds)}.{millis:03}Z"


@lru_cache(maxsize=512)
def _to_the_second(seconds: int) -> str:
    """Most of the times of a moment share it."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
