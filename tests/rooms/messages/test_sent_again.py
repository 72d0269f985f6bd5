"""A message that was sent again: receipts of either attempt count, and it never ends as if it had not left."""

from typing import Any

import pytest

from messageapi.engines.port import NotSent, Receipt, Sent, Unconfirmed
from messageapi.messages.following.row import MAY_HAVE_ARRIVED, Row

CHAT = "12025550123@s.whatsapp.net"


def delivered(wa_id: str) -> Receipt:
    return Receipt([wa_id], "delivered", CHAT, CHAT, 50)


@pytest.fixture
def resent(told: Any, new_row: Any) -> Row:
    """Its first attempt, WA1, may have left; it waits for its second."""
    row: Row = new_row(status="sending", on_unconfirmed="resend")
    told(row, Unconfirmed("m", 1, 10, "no_answer", "WA1"))
    assert row.may_resend
    row.resend(20)
    return row


@pytest.fixture
def flying(resent: Row) -> Row:
    """Its second attempt is under way."""
    resent.status, resent.attempt = "sending", 2
    return resent


def test_it_is_sent_again_once(flying: Row, told: Any) -> None:
    told(flying, Unconfirmed("m", 2, 30, "no_answer", "WA2"))
    assert (flying.status, flying.may_resend) == ("unconfirmed", False)


def test_one_that_is_only_to_be_reported_is_not(resent: Row) -> None:
    resent.status, resent.resent_at, resent.on_unconfirmed = "unconfirmed", None, "report"
    assert not resent.may_resend


def test_a_receipt_of_the_first_attempt_keeps_it_from_being_sent_again(resent: Row, told: Any) -> None:
    assert told(resent, delivered("WA1")).status == "delivered"
    assert resent.error_code is None


def test_a_late_answer_to_the_first_attempt_does_too(resent: Row, told: Any) -> None:
    assert told(resent, Sent("m", 1, "WA1", 25)).status == "sent"


def test_receipts_of_either_attempt_settle_it_while_the_second_is_under_way(flying: Row, told: Any) -> None:
    told(flying, delivered("WA1"), Sent("m", 2, "WA2", 30))
    assert (flying.status, flying.wa_id, flying.earlier_wa_id) == ("delivered", "WA2", "WA1")
    told(flying, Receipt(["WA2"], "read", CHAT, CHAT, 60))
    assert flying.status == "read"


def test_an_answer_to_the_first_attempt_leaves_the_seconds_id_its_place(flying: Row, told: Any) -> None:
    setattr(flying, "earlier_wa_id", None)  # noqa: B010 - mypy would hold it for None from here on
    told(flying, Sent("m", 1, "WA1", 25), Sent("m", 2, "WA2", 30), delivered("WA1"))
    assert (flying.status, flying.wa_id, flying.earlier_wa_id) == ("delivered", "WA2", "WA1")


def test_a_refusal_of_the_second_does_not_say_that_nothing_arrived(flying: Row, told: Any) -> None:
    told(flying, NotSent("m", 2, "not_permitted", "No.", True, 30))
    assert (flying.status, flying.error_code) == ("unconfirmed", "not_permitted")
    assert flying.error_detail == f"No. {MAY_HAVE_ARRIVED}"
    assert told(flying, delivered("WA1")).status == "delivered"


def test_one_that_certainly_did_not_leave_the_second_time_waits_once_more(flying: Row, told: Any) -> None:
    told(flying, NotSent("m", 2, "not_connected", "No.", False, 30))
    assert (flying.status, flying.resent_at) == ("accepted", 20)


@pytest.mark.parametrize("end", ["failed", "expired"])
def test_what_waits_for_its_second_attempt_ends_in_doubt(resent: Row, end: Any) -> None:
    resent.fail(end, "number_unlinked", "Gone.", 30)
    assert resent.status == "unconfirmed"


def test_being_stuck_ends_with_the_next_answer(flying: Row, told: Any) -> None:
    flying.get_stuck(30)
    assert [step.status for step in flying.steps][-1] == "stuck"
    told(flying, Unconfirmed("m", 2, 40, "no_answer", "WA2"))
    assert flying.stuck_at == 30  # that nobody answers is still true
    assert told(flying, delivered("WA2")).stuck_at is None
