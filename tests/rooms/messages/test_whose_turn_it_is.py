"""Which of a number's waiting messages may be claimed: each chain in its order, past those that have to wait."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from messageapi.messages.queue.claim import window
from messageapi.messages.queue.entry import Flying, Waiting
from messageapi.messages.queue.order import LONGEST_PAUSE_MS, chain_of, last_flying, pause_after, ready

NOW = 1_000_000
LONG_AGO = NOW - LONGEST_PAUSE_MS

PLACES = st.tuples(st.integers(1, 200), st.sampled_from("ab"), st.sampled_from([1, 0, -1]), st.integers(0, 3))


def queue(places: Any) -> Any:
    """As the database gives them: by priority, then by acceptance; each place once."""
    once = {seq: Waiting("n", seq, tried, LONG_AGO, chat, priority=rank) for seq, chat, rank, tried in places}
    return sorted(once.values(), key=lambda each: (-each.priority, each.seq))


def flying(places: Any, waiting: Any) -> Any:
    taken = {each.seq for each in waiting}
    return [Flying("n", seq, "id", 1, 0, chat, rank) for seq, chat, rank, _ in places if seq not in taken]


@given(st.lists(PLACES, max_size=40), st.lists(PLACES, max_size=10), st.integers(-2, 50))
def test_each_chain_goes_in_order_and_none_before_those_that_are_coming_back(
    places: Any, others: Any, room: Any
) -> None:
    waiting = queue(places)
    under_way = flying(others, waiting)
    chosen, pause = ready(waiting, last_flying(under_way), room, NOW)
    assert pause == 0
    assert len(chosen) <= max(0, room)
    by_seq = {each.seq: each for each in waiting}
    went = [by_seq[seq] for seq in chosen]
    assert [each.priority for each in went] == sorted((each.priority for each in went), reverse=True)
    for chain in {chain_of(each) for each in waiting}:
        mine = [each.seq for each in waiting if chain_of(each) == chain]
        gone = [each.seq for each in went if chain_of(each) == chain]
        assert gone == mine[: len(gone)], "one of a chain passed another"
        for seq in gone:
            behind = [each.seq for each in under_way if chain_of(each) == chain and each.seq > seq]
            assert not (by_seq[seq].attempt and behind), "one that came back passed those that come back"


@given(st.lists(PLACES, min_size=1, max_size=40))
def test_who_has_room_sends_everything_that_never_was_under_way(places: Any) -> None:
    waiting = [each for each in queue(places) if not each.attempt]
    assert ready(waiting, {}, 100, NOW)[0] == [each.seq for each in waiting]


@given(st.integers(1, 50), st.integers(0, 100_000))
def test_a_message_that_came_back_pauses_its_lane_for_a_bounded_time(attempt: Any, age: Any) -> None:
    back, fresh = Waiting("n", 1, attempt, NOW - age, "a"), Waiting("n", 2, 0, None, "b")
    chosen, pause = ready([back, fresh], {}, 2, NOW)
    assert bool(chosen) == (age >= pause_after(attempt))
    assert 0 <= pause <= LONGEST_PAUSE_MS


def test_an_urgent_message_goes_although_all_others_pause() -> None:
    urgent, back = Waiting("n", 2, 0, None, "a", priority=1), Waiting("n", 1, 3, NOW, "a")
    assert ready([urgent, back], {}, 2, NOW) == ([2], pause_after(3))


def test_one_that_failed_by_its_own_fault_pauses_nobody() -> None:
    assert ready([Waiting("n", 1, 9, NOW, "a", strikes=1), Waiting("n", 2, 0, None, "b")], {}, 2, NOW) == ([1, 2], 0)


def test_a_message_whose_time_is_over_stays_and_lets_the_others_pass() -> None:
    late, next_one = Waiting("n", 1, 0, None, "a", expires_at=NOW), Waiting("n", 2, 0, None, "a", expires_at=NOW + 1)
    assert ready([late, next_one], {}, 2, NOW) == ([2], 0)


def test_pauses_grow_to_half_a_minute() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, 60)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (200, 30_000)


def test_whatsapp_gets_one_at_a_time() -> None:
    assert (window("whatsapp", 32), window("sandbox", 32)) == (1, 32)
