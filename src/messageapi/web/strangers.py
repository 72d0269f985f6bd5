"""A ceiling on requests without a valid key, for each address: guessing keys and hammering open pages come to an end.

Whoever has a valid key is not touched by what others do at the same address, such as that of a proxy.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from messageapi.errors import DoorError, Problem
from messageapi.outside.addresses import Address, Network, networks
from messageapi.settings import Settings
from messageapi.vocab.clock import Clock
from messageapi.web.limits import RateLimiter
from messageapi.web.origin import address_of, origin
from messageapi.web.visit import Quota

MOST_ADDRESSES = 20_000


class Strangers:
    def __init__(self, limiter: RateLimiter, proxies: Sequence[Network]) -> None:
        self._limiter = limiter
        self._proxies = proxies

    def origin(self, scope: Mapping[str, Any]) -> str:
        """The address somebody comes from, through our own proxies."""
        return origin(scope, self._proxies)

    def address(self, scope: Mapping[str, Any]) -> Address | None:
        """Where a request comes from."""
        return address_of(scope, self._proxies)

    def count(self, scope: Mapping[str, Any]) -> None:
        """One request of somebody without a key. Raise Problem for one too many."""
        quota = self._limiter.take(self.origin(scope))
        if quota.over:
            raise _too_many(quota)

    def refuse_guesses(self, scope: Mapping[str, Any], known: Callable[[], bool]) -> None:
        """Before a key is looked at. Where too many were wrong, only keys that were `known` before are looked at."""
        if self._limiter.any_spent() and self._limiter.spent(self.origin(scope)) and not known():
            self.count(scope)


def strangers(settings: Settings, clock: Clock) -> Strangers:
    try:
        proxies = networks(settings.trusted_proxies)
    except ValueError:
        raise DoorError(
            "bad_setting", "MESSAGEAPI_TRUSTED_PROXIES is a list such as 10.0.0.0/8,::1. Correct it.", permanent=True
        ) from None
    return Strangers(RateLimiter(settings.address_requests_per_minute, clock, MOST_ADDRESSES), proxies)


def _too_many(quota: Quota) -> Problem:
    return Problem(
        "rate_limited",
        429,
        f"More than {quota.limit} requests without a valid API key came from this address in a minute. Go on after "
        f"{quota.resets_in} seconds.",
        retry_after=quota.resets_in,
    )
