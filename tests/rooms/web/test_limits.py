"""The ceiling on requests per key and minute."""

from collections.abc import Callable
from typing import Any

from messageapi.web.limits import RateLimiter, too_many


def test_a_key_may_make_its_requests_and_not_one_more(clock: Any) -> None:
    limiter = RateLimiter(3, clock)
    assert [limiter.take("key_1").remaining for _ in range(3)] == [2, 1, 0]
    quota = limiter.take("key_1")
    assert quota.over
    assert too_many(quota).retry_after == quota.resets_in


def test_one_key_takes_nothing_from_another(clock: Callable[[], int]) -> None:
    limiter = RateLimiter(1, clock)
    limiter.take("key_1")
    assert not limiter.take("key_2").over


def test_a_new_minute_starts_anew(clock: Any) -> None:
    limiter = RateLimiter(1, clock)
    limiter.take("key_1")
    clock.forward(59_999)
    last = limiter.take("key_1")
    assert (last.over, last.resets_in) == (True, 1)
    clock.forward(1)
    assert not limiter.take("key_1").over
