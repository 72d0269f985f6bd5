"""A ceiling on requests per name and minute, in this process's memory: one dictionary, no I/O, nothing to lose."""

from messageapi.errors import Problem
from messageapi.vocab.clock import Clock
from messageapi.web.visit import Quota

_MINUTE = 60_000
_OTHERS = ""


class RateLimiter:
    """Counts in whole minutes of the clock; a new minute forgets the old. When `most` names are counted, the others
    share what one may.
    """

    def __init__(self, per_minute: int, clock: Clock, most: int | None = None) -> None:
        self._limit = per_minute
        self._clock = clock
        self._most = most
        self._minute = 0
        self._used: dict[str, int] = {}
        self._any_spent = False

    def take(self, name: str) -> Quota:
        """Count one request."""
        into = self._turned()
        name = self._counted_as(name)
        used = self._used[name] = self._used.get(name, 0) + 1
        resets_in = -((into - _MINUTE) // 1000)
        self._any_spent = self._any_spent or used >= self._limit
        return Quota(self._limit, max(0, self._limit - used), resets_in, over=used > self._limit)

    def any_spent(self) -> bool:
        """Is there a name that may do no more? Much cheaper than asking for one."""
        self._turned()
        return self._any_spent

    def spent(self, name: str) -> bool:
        """Would one more be too many? Counts nothing."""
        self._turned()
        return self._used.get(self._counted_as(name), 0) >= self._limit

    def _turned(self) -> int:
        """Milliseconds into the running minute."""
        minute, into = divmod(self._clock(), _MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
            self._any_spent = False
        return into

    def _counted_as(self, name: str) -> str:
        full = self._most is not None and len(self._used) >= self._most
        return _OTHERS if full and name not in self._used else name


def too_many(quota: Quota) -> Problem:
    return Problem(
        "rate_limited",
        429,
        f"This key made more than {quota.limit} requests in a minute. Go on after {quota.resets_in} seconds.",
        retry_after=quota.resets_in,
    )
