"""The table of states, for every pair of them."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from messageapi.messages.states import NEXT as MESSAGE_STATES
from messageapi.numbers.linking.pairing import _CRASHED, _FAILURES
from messageapi.numbers.observe import _ENDS
from messageapi.numbers.states import HELD, NEXT, REASONS, SENDS, WAITS, State, may_become
from messageapi.numbers.transition import event_type

STATES: tuple[State, ...] = get_args(State)
EVENTS = {
    "number.connected",
    "number.disconnected",
    "number.linked",
    "number.logged_out",
    "number.limited",
    "number.banned",
}
states = st.sampled_from(STATES)


def reachable(start: State) -> set[State]:
    found, open_ends = {start}, [start]
    while open_ends:
        fresh = NEXT[open_ends.pop()] - found
        found |= fresh
        open_ends += fresh
    return found


def test_every_state_has_a_row() -> None:
    assert set(NEXT) == set(STATES)


@given(states)
def test_a_state_may_stay_as_it_is(state: State) -> None:
    assert may_become(state, state)


@given(states)
def test_every_number_can_be_linked_again_from_wherever_it_is(state: State) -> None:
    assert "linking" in reachable(state)


@given(states)
def test_every_number_can_come_to_be_connected(state: State) -> None:
    assert "connected" in reachable(state)


@given(states)
def test_a_number_comes_to_be_connected_only_after_it_was_opened(state: State) -> None:
    if "connected" in NEXT[state]:
        assert state in HELD


def test_only_a_held_number_sends_and_a_sending_number_takes_messages() -> None:
    assert SENDS <= HELD
    assert SENDS <= WAITS


def test_linking_ends_in_a_state_that_says_what_to_do() -> None:
    for then, reason in [*_FAILURES.values(), _CRASHED]:
        assert may_become("linking", then)
        assert reason in REASONS


def test_every_end_a_host_reports_is_allowed_while_the_number_is_held() -> None:
    for then, reason in _ENDS.values():
        assert reason in REASONS
        assert all(may_become(state, then) for state in HELD)


def test_every_reason_is_a_sentence_with_the_next_action() -> None:
    for code, sentence in REASONS.items():
        assert sentence.endswith("."), code
        assert len(sentence) <= 400, code
        assert sentence.count(". ") >= 1 or "," in sentence, code


@given(states, states)
def test_what_customers_are_told_is_one_of_the_documented_events(was: State, then: State) -> None:
    if may_become(was, then) and was != then:
        assert event_type(was, then) in EVENTS | {None}


@given(states, states)
def test_leaving_the_sending_states_is_always_told(was: State, then: State) -> None:
    if was in SENDS and then not in SENDS and may_become(was, then):
        assert event_type(was, then) is not None


def test_degraded_and_back_is_not_told_as_a_new_connection() -> None:
    assert event_type("connected", "degraded") is None
    assert event_type("degraded", "connected") is None


def test_the_tables_of_numbers_and_messages_are_two() -> None:
    assert not set(NEXT) & set(MESSAGE_STATES) - {"failed"}
