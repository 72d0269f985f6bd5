"""The schedule, the receiver's wishes, and when a receiver is left alone. Time is a number here."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.webhooks.delivery.health import AT_ONCE, DOWN_AFTER, FIRST, LONGEST_REST_MS, SLOW_MS, Health
from messageapi.webhooks.delivery.schedule import AFTER_S, LAST_MS, LONGEST_WISH_MS, TRIES, again, wish

HOUR = 3_600_000
NEVER = 1 << 60
NOW = 1_795_348_800_000


def test_the_schedule_is_the_documented_one() -> None:
    waits = [(again(tries, 0, 0, NEVER, 0) or 0) / 1_000 for tries in range(1, TRIES)]
    assert waits == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert again(TRIES, 0, 0, NEVER, 0) is None


@given(tries=st.integers(1, TRIES - 1), chance=st.floats(0, 1), wanted=st.integers(0, LONGEST_WISH_MS))
def test_nobody_comes_back_too_early_or_much_too_late(tries: int, chance: float, wanted: int) -> None:
    due = again(tries, NOW, wanted, NEVER, chance)
    assert due is not None
    least = max(AFTER_S[tries - 1] * 1_000, wanted)
    assert NOW + least <= due <= NOW + max(AFTER_S[tries - 1] * 1_100, wanted) + 1


@given(tries=st.integers(1, TRIES - 1), left=st.integers(0, 100 * HOUR), wanted=st.integers(0, LONGEST_WISH_MS))
def test_nothing_is_due_when_its_event_is_gone(tries: int, left: int, wanted: int) -> None:
    due = again(tries, NOW, wanted, NOW + left, 1)
    assert due is None or NOW < due <= NOW + left - LAST_MS


def test_with_events_kept_for_three_days_the_tenth_try_comes_just_before_the_end() -> None:
    now = 0
    for tries in range(1, TRIES):
        due = again(tries, now, 0, 72 * HOUR, 0)
        assert due is not None
        now = due
    assert now == 72 * HOUR - LAST_MS


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("", 0),
        ("120", 120_000),
        (" 7 ", 7_000),
        ("0", 0),
        ("-5", 0),
        ("soon", 0),
        ("1e9", 0),
        ("99999999999999999999", LONGEST_WISH_MS),
        ("١٢", 0),
        (formatdate(NOW / 1_000 + 90, usegmt=True), 90_000),
        (formatdate(NOW / 1_000 - 90, usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WISH_MS),
        ("Mon, 99 Nov 2026 12:00:00 GMT", 0),
    ],
)
def test_what_a_receiver_asks_for(text: str, milliseconds: int) -> None:
    assert wish(text, NOW) == milliseconds


@given(st.text())
def test_no_header_breaks_it(text: str) -> None:
    assert 0 <= wish(text, NOW) <= LONGEST_WISH_MS


def test_a_healthy_receiver_gets_more_and_more_at_once() -> None:
    health = Health()
    assert health.room(0, NOW) == FIRST
    for _ in range(100):
        assert not health.succeeded(10)
    assert health.room(3, NOW) == AT_ONCE - 3


def test_a_slow_receiver_keeps_few_places_and_gets_them_back_when_it_is_quick() -> None:
    health = Health()
    for _ in range(100):
        health.succeeded(SLOW_MS + 1)
    assert health.room(0, NOW) == 1
    for _ in range(10):
        health.succeeded(SLOW_MS)
    assert health.room(0, NOW) == 11


def test_a_failure_among_successes_is_no_reason_to_rest() -> None:
    health = Health()
    for n in range(100):
        health.failed(NOW + n)
        health.failed(NOW + n)
        health.succeeded(10)
    assert not health.down
    assert health.room(0, NOW) >= 1


def test_a_receiver_that_is_down_is_asked_once_in_a_while_and_back_at_once() -> None:
    health, now = Health(), NOW
    for _ in range(DOWN_AFTER):
        health.failed(now)
    assert health.down
    rests = []
    while now < NOW + 24 * HOUR:
        assert health.room(0, now) == 0
        rests.append(health.rests_until - now)
        now = health.rests_until
        assert health.room(0, now) == 1
        assert health.room(1, now) == 0
        health.failed(now)
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (1_000, LONGEST_REST_MS)
    assert sum(rest for rest in rests if rest < 5_000) > 20_000, "one that is down for 20 s is found within 5 s"
    assert health.succeeded(10)
    assert health.room(0, now) >= 1
