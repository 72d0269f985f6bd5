"""The life of a message: forward only, and no way out of an end."""

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from messageapi.messages.states import BODY_DESTROYED, COLUMN, NEXT, SETTLED, Status, may_become

STATUSES = get_args(Status)
ENDS = {"read", "failed", "expired", "canceled", "received"}


def test_every_status_has_a_place_in_each_table() -> None:
    assert set(NEXT) == set(COLUMN) == set(STATUSES)
    assert {then for following in NEXT.values() for then in following} <= set(STATUSES)
    assert BODY_DESTROYED <= SETTLED <= set(STATUSES)


def test_nothing_leaves_an_end() -> None:
    assert {status for status, following in NEXT.items() if not following} == ENDS


def test_a_destroyed_body_is_never_needed_again() -> None:
    for status in BODY_DESTROYED:
        assert not {"accepted", "sending", "unconfirmed"} & NEXT[status]


@given(st.lists(st.sampled_from(STATUSES), max_size=30))
def test_whatever_is_reported_a_row_only_moves_as_the_table_allows(new_row: Any, wishes: Any) -> None:
    message = new_row()
    for at, wish in enumerate(wishes):
        was = message.status
        if wish == "accepted":
            if message.status == "unconfirmed":
                message.resend(at)
            message.wait_again()
            moved = message.status != was
        else:
            moved = message.reach(wish, at)
        assert moved == may_become(was, wish)
        assert message.status == (wish if moved else was)


@given(st.lists(st.sampled_from([status for status in STATUSES if status != "accepted"]), max_size=30))
def test_every_step_leaves_its_moment_and_ends_leave_one(new_row: Any, wishes: Any) -> None:
    message = new_row()
    for at, wish in enumerate(wishes):
        message.reach(wish, at)
    columns = {str(status): column for status, column in COLUMN.items()}
    for status, at in message.steps:
        assert getattr(message, columns[status]) is not None
        assert at <= getattr(message, columns[status])
    assert sum(status in ENDS for status, _ in message.steps) <= 1


@given(st.sampled_from(STATUSES), st.lists(st.sampled_from(STATUSES), max_size=10))
def test_a_body_is_destroyed_in_the_step_that_ends_its_need(new_row: Any, start: Any, wishes: Any) -> None:
    message = new_row(status=start)
    for at, wish in enumerate(wishes):
        if wish != "accepted":
            message.reach(wish, at)
    needed = start not in BODY_DESTROYED
    assert message.body_ends == (needed and message.status in BODY_DESTROYED)


def test_a_reason_is_cut_to_what_the_table_takes(new_row: Any) -> None:
    message = new_row(status="sending")
    message.fail("failed", "c" * 100, "d" * 1_000, 1)
    assert (message.error_code, message.error_detail) == ("c" * 60, "d" * 400)
