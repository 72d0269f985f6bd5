"""Which of the messages that could go may go now."""

from typing import Any

from messageapi.pacing.counters import Counters, rested, spent
from messageapi.pacing.limits import DAY_MS, Limits
from messageapi.pacing.turns import PARKED_MS, Candidate, Pace, refused_for_ms, turn

NOW = 1_795_348_800_000
FREE: dict[str, Any] = {
    "gap_ms": 0,
    "jitter_ms": 0,
    "per_minute": 0,
    "per_hour": 0,
    "per_day": 0,
    "new_per_day": 0,
    "warm_up": False,
}


def pace(counters: Counters | None = None, **limits: Any) -> Pace:
    return Pace("num_1", "acc_1", Limits(**{**FREE, **limits}), counters or Counters(), NOW)


def one(seq: int, address: str | None = None, *, new: bool = False, counted: bool = False) -> Candidate:
    return Candidate(seq, address or f"{seq}@s.whatsapp.net", new, counted)


def test_without_limits_all_that_has_room_goes() -> None:
    assert turn(pace(), [one(1), one(2), one(3)], 2, NOW).seqs == [1, 2]


def test_a_gap_lets_one_go_and_pauses_the_next() -> None:
    first = turn(pace(gap_ms=4_000, jitter_ms=2_000), [one(1), one(2)], 5, NOW)
    assert first.seqs == [1]
    second = turn(first.pace, [one(2)], 5, NOW)
    assert second.seqs == []
    assert 4_000 <= second.pause_ms <= 6_000
    assert turn(first.pace, [one(2)], 5, NOW + second.pause_ms).seqs == [2]


def test_jitter_differs_from_message_to_message() -> None:
    gaps = {turn(pace(jitter_ms=1_000_000), [one(1)], 1, NOW).pace.counters.next_at for _ in range(10)}
    assert len(gaps) > 1


def test_what_was_tried_before_is_not_counted_again() -> None:
    full = spent(Counters(), NOW, new=False)
    again = turn(pace(full, per_day=1), [one(1, counted=True)], 1, NOW)
    assert again.seqs == [1]
    assert again.pace.counters.day_used == 1
    assert turn(pace(full, per_day=1), [one(2)], 1, NOW).seqs == []


def test_replies_pass_new_contacts_that_have_to_wait() -> None:
    full = spent(Counters(), NOW, new=True)
    said = turn(pace(full, new_per_day=1), [one(1, "a@lid", new=True), one(2, "b@lid"), one(3, "c@lid")], 5, NOW)
    assert said.seqs == [2, 3]
    assert said.parked == [(1, NOW + PARKED_MS)]


def test_what_is_parked_is_looked_at_when_its_budget_is_there_again() -> None:
    full = spent(Counters(), NOW - DAY_MS + 5_000, new=True)
    said = turn(pace(full, new_per_day=1), [one(1, new=True)], 5, NOW)
    assert (said.seqs, said.parked, said.pause_ms) == ([], [(1, NOW + 5_000)], 0)
    assert turn(pace(full, new_per_day=1), [one(1, new=True)], 5, NOW + 5_000).seqs == [1]


def test_a_gap_parks_nobody() -> None:
    full = rested(spent(Counters(), NOW, new=True), Limits(gap_ms=100), NOW, 0)
    said = turn(pace(full, new_per_day=1), [one(1, new=True), one(2)], 5, NOW)
    assert (said.seqs, said.parked, said.pause_ms) == ([], [], 100)


def test_nobody_passes_in_the_chat_of_one_that_waits() -> None:
    full = spent(Counters(), NOW, new=True)
    said = turn(pace(full, new_per_day=1), [one(1, "a@lid", new=True), one(2, "a@lid"), one(3, "b@lid")], 5, NOW)
    assert said.seqs == [3]


def test_a_new_contact_is_new_once() -> None:
    said = turn(pace(new_per_day=1), [one(1, "a@lid", new=True), one(2, "a@lid", new=True)], 5, NOW)
    assert said.seqs == [1, 2]
    assert said.met == ["a@lid"]
    assert said.pace.counters.new_used == 1


def test_a_budget_of_all_holds_everybody() -> None:
    full = spent(Counters(), NOW, new=False)
    said = turn(pace(full, per_minute=1), [one(1), one(2)], 5, NOW + 1)
    assert said.seqs == []
    assert said.pause_ms == 59_999


def test_groups_are_no_new_contacts() -> None:
    full = spent(Counters(), NOW, new=True)
    assert turn(pace(full, new_per_day=1), [Candidate(1, None, False, False)], 1, NOW).seqs == [1]


def test_a_refusal_says_how_long_the_budget_is_full() -> None:
    assert refused_for_ms(pace(per_minute=2), 1, NOW, new=False) == 0
    assert refused_for_ms(pace(per_minute=2), 2, NOW, new=False) == 60_000
    assert refused_for_ms(pace(gap_ms=4_000), 500, NOW, new=False) == 0
