"""Whatever order outcomes and receipts come in, a message ends where the furthest of them puts it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from messageapi.engines.port import NotSent, Receipt, Sent, Unconfirmed

CHAT = "12025550123@s.whatsapp.net"
SENT = Sent("m", 1, "WA1", 10)
DELIVERED = Receipt(["WA1"], "delivered", CHAT, CHAT, 20)
READ = Receipt(["WA1"], "read", CHAT, CHAT, 30)
PLAYED = Receipt(["WA1"], "played", CHAT, CHAT, 40)
LOST = Unconfirmed("m", 1, 15, "no_answer", "WA1")
REFUSED = NotSent("m", 1, "refused", "No.", True, 15)


@given(st.permutations([SENT, DELIVERED, READ]))
def test_any_order_ends_in_read_with_all_moments(told: Any, new_row: Any, events: Any) -> None:
    row = told(new_row(status="sending"), *events)
    assert (row.status, row.sent_at, row.wa_id) == ("read", 10, "WA1")
    assert row.delivered_at is not None
    assert row.read_at == 30


@given(st.lists(st.sampled_from([SENT, DELIVERED, READ, PLAYED, LOST]), max_size=12))
def test_repeating_all_of_it_changes_nothing(told: Any, new_row: Any, events: Any) -> None:
    once = told(new_row(status="sending"), *events)
    again = told(new_row(status="sending"), *events, *events)
    assert again.status == once.status
    assert (again.sent_at, again.delivered_at, again.read_at) == (once.sent_at, once.delivered_at, once.read_at)
    assert len({status for status, _ in again.steps}) == len(again.steps)


@given(st.permutations([LOST, SENT, DELIVERED]))
def test_a_late_answer_settles_what_was_unconfirmed(told: Any, new_row: Any, events: Any) -> None:
    row = told(new_row(status="sending"), *events)
    assert row.status == "delivered"
    assert row.error_code is None


def test_read_without_delivered_fills_both(told: Any, new_row: Any) -> None:
    row = told(new_row(status="sending"), SENT, READ)
    assert (row.delivered_at, row.read_at) == (30, 30)
    assert [status for status, _ in row.steps] == ["sent", "delivered", "read"]


def test_delivered_after_read_changes_nothing(told: Any, new_row: Any) -> None:
    row = told(new_row(status="sending"), SENT, READ, DELIVERED)
    assert (row.status, row.delivered_at) == ("read", 30)


def test_played_counts_as_read(told: Any, new_row: Any) -> None:
    assert told(new_row(status="sending"), SENT, PLAYED).status == "read"


def test_a_refusal_is_final(told: Any, new_row: Any) -> None:
    row = told(new_row(status="sending"), REFUSED, SENT, DELIVERED)
    assert (row.status, row.error_code, row.wa_id) == ("failed", "refused", None)


def test_one_receipt_may_name_many_messages(told: Any, new_row: Any) -> None:
    both = Receipt(["OTHER", "WA1"], "read", CHAT, CHAT, 30)
    assert told(new_row(status="sending"), SENT, both).status == "read"
