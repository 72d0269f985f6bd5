"""The ceiling on requests per name and minute."""

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


def test_a_new_minute_forgets_the_old(clock: Any) -> None:
    limiter = RateLimiter(2, clock)
    assert [limiter.take("a").over for _ in range(3)] == [False, False, True]
    assert limiter.spent("a")
    assert limiter.any_spent()
    assert not limiter.spent("b")
    clock.forward(60_000)
    assert not limiter.any_spent()
    assert not limiter.spent("a")
    assert limiter.take("a").remaining == 1


def test_names_beyond_the_most_share_one_allowance(clock: Any) -> None:
    limiter = RateLimiter(2, clock, most=10)
    for name in range(10):
        limiter.take(str(name))
    assert [limiter.take(f"late {each}").over for each in range(4)] == [False, False, True, True]
    assert len(limiter._used) == 11
    assert limiter.spent("another")
    assert not limiter.take("3").over
