"""A ceiling on requests per key and minute, in this process's memory: one dictionary, no I/O, nothing to lose."""

from messageapi.errors import Problem
from messageapi.vocab.clock import Clock
from messageapi.web.visit import Quota

_MINUTE = 60_000


class RateLimiter:
    """Counts in whole minutes of the clock; a new minute forgets the old, so memory is bounded by the keys in use."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._limit = per_minute
        self._clock = clock
        self._minute = 0
        self._used: dict[str, int] = {}

    def take(self, key_id: str) -> Quota:
        """Count one request of this key."""
        minute, into = divmod(self._clock(), _MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
        used = self._used[key_id] = self._used.get(key_id, 0) + 1
        resets_in = -((into - _MINUTE) // 1000)
        return Quota(self._limit, max(0, self._limit - used), resets_in, over=used > self._limit)


def too_many(quota: Quota) -> Problem:
    return Problem(
        "rate_limited",
        429,
        f"This key made more than {quota.limit} requests in a minute. Go on after {quota.resets_in} seconds.",
        retry_after=quota.resets_in,
    )
