"""When the next message may go, as a function of the limits, what was used and the time."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.pacing.counters import Counters, free_at, rested, spent
from messageapi.pacing.limits import DAY_MS, WARM_UP, Limits, at_age, paced, warmth

NOW = 1_795_348_800_000
MINUTE = 60_000
FREE = Limits(gap_ms=0, jitter_ms=0, per_minute=0, per_hour=0, per_day=0, new_per_day=0, warm_up=False)


def limits(**given: Any) -> Limits:
    return msgspec.structs.replace(FREE, **given)


def after(count: int, *, new: bool = False, at: int = NOW) -> Counters:
    counters = Counters()
    for _ in range(count):
        counters = spent(counters, at, new=new)
    return counters


def test_a_full_minute_lets_nothing_go_until_it_ends() -> None:
    assert free_at(limits(per_minute=3), after(2), NOW, new=False) == NOW
    assert free_at(limits(per_minute=3), after(3), NOW, new=False) == NOW + MINUTE
    assert free_at(limits(per_minute=3), after(3), NOW + MINUTE, new=False) == NOW + MINUTE


def test_the_longest_of_the_full_budgets_counts() -> None:
    assert free_at(limits(per_minute=3, per_day=3), after(3), NOW + 5, new=False) == NOW + DAY_MS


def test_a_budget_of_nothing_limits_nothing() -> None:
    assert free_at(FREE, after(10_000), NOW, new=True) == NOW


def test_only_new_contacts_meet_the_budget_of_new_contacts() -> None:
    used = after(2, new=True)
    assert free_at(limits(new_per_day=2), used, NOW, new=False) == NOW
    assert free_at(limits(new_per_day=2), used, NOW, new=True) == NOW + DAY_MS


def test_those_ahead_use_the_budget_first() -> None:
    assert free_at(limits(per_hour=10), after(4), NOW, new=False, ahead=5) == NOW
    assert free_at(limits(per_hour=10), after(4), NOW, new=False, ahead=6) == NOW + 60 * MINUTE
    assert free_at(limits(per_hour=10), Counters(), NOW, new=False, ahead=10) == NOW + 60 * MINUTE


def test_a_gap_and_a_chance_keep_the_next_one_waiting() -> None:
    assert rested(Counters(), limits(gap_ms=4_000, jitter_ms=6_000), NOW, 1_500).next_at == NOW + 5_500


@pytest.mark.parametrize("step", WARM_UP)
def test_a_fresh_number_has_the_budgets_of_its_day(step: Any) -> None:
    now = at_age(Limits(), step.day * DAY_MS)
    assert (now.per_day, now.new_per_day) == (step.per_day, step.new_per_day)
    assert now.per_hour == Limits().per_hour


def test_a_number_is_warm_after_a_month_and_with_warming_off_at_once() -> None:
    assert at_age(Limits(), 30 * DAY_MS) == Limits()
    assert at_age(Limits(warm_up=False), 0) == Limits(warm_up=False)
    assert warmth(Limits(), 29 * DAY_MS) is not None


def test_warming_up_never_gives_more_than_the_owner_allows() -> None:
    assert at_age(Limits(per_day=5, new_per_day=0), 0).per_day == 5
    assert at_age(Limits(per_day=0, new_per_day=0), 0) == Limits(per_day=20, new_per_day=5)


def test_a_pace_is_kept_on_whatsapp_and_not_in_the_sandbox_unless_told_otherwise() -> None:
    assert [paced("whatsapp", None), paced("sandbox", None)] == [True, False]
    assert [paced("whatsapp", False), paced("sandbox", True)] == [False, True]


@given(
    steps=st.lists(st.integers(0, 20 * MINUTE), max_size=150),
    per_minute=st.integers(1, 5),
    per_hour=st.integers(1, 30),
)
@pytest.mark.slow
def test_no_window_ever_holds_more_than_its_budget(steps: list[int], per_minute: int, per_hour: int) -> None:
    own, counters, now = limits(per_minute=per_minute, per_hour=per_hour), Counters(), NOW
    sent: dict[tuple[str, int], int] = {}
    for step in steps:
        now += step
        at = free_at(own, counters, now, new=False)
        if at > now:
            assert free_at(own, counters, at, new=False) == at, "it is free when it was said to be"
            now = at
        counters = spent(counters, now, new=False)
        for name, began, most in (
            ("minute", counters.minute_from, per_minute),
            ("hour", counters.hour_from, per_hour),
        ):
            sent[name, began] = sent.get((name, began), 0) + 1
            assert sent[name, began] <= most
