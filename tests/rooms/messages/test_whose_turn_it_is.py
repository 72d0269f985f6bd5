"""Which of a number's waiting messages may be claimed: in order, within the room, and never past one that came back."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from messageapi.messages.queue.claim import LONGEST_PAUSE_MS, pause_after, ready, window
from messageapi.messages.queue.entry import Waiting

NOW = 1_000_000


def fresh(seqs: Any) -> Any:
    return [Waiting("n", seq, 0, None) for seq in sorted(seqs)]


@given(st.sets(st.integers(1, 1_000), max_size=50), st.integers(-5, 40), st.integers(0, 1_000))
def test_the_first_ones_go_in_order_and_none_before_those_under_way(seqs: Any, room: Any, last_flying: Any) -> None:
    chosen, pause = ready(fresh(seqs), last_flying, room, NOW)
    assert chosen == sorted(seqs)[: len(chosen)]
    assert len(chosen) <= max(0, room)
    assert pause == 0
    if chosen:
        assert chosen[0] >= last_flying
    elif seqs and room > 0:
        assert min(seqs) < last_flying


@given(st.integers(1, 50), st.integers(0, 100_000))
def test_a_message_that_came_back_pauses_its_lane_for_a_bounded_time(attempt: Any, age: Any) -> None:
    chosen, pause = ready([Waiting("n", 1, attempt, NOW - age)], 0, 1, NOW)
    assert bool(chosen) == (age >= pause_after(attempt))
    assert 0 <= pause <= LONGEST_PAUSE_MS


def test_pauses_grow_to_half_a_minute() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, 60)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (200, 30_000)


def test_whatsapp_gets_one_at_a_time() -> None:
    assert (window("whatsapp", 32), window("sandbox", 32)) == (1, 32)
