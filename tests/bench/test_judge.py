"""The judge of a crash run finds each kind of broken promise, and none in a good run."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

SENDER, TO = "+4915110000001", "+4917000000001"


def text(n: int) -> str:
    return f"crash {SENDER} {TO} {n}"


class Run:
    """Three messages that were accepted, sent and read, to be spoiled by each test."""

    def __init__(self, judge: ModuleType, arrival: type) -> None:
        self._judge = judge
        self.attempts = [judge.Attempt(text(n), "accepted", f"id{n}") for n in range(3)]
        self.stored: list[dict[str, Any]] = [
            {"id": f"id{n}", "status": "read", "metadata": {"text": text(n)}, "waMessageId": f"WA{n}", "attempts": 1}
            for n in range(3)
        ]
        self.inbox = [arrival(n + 1, f"WA{n}", SENDER, text(n), 0) for n in range(3)]

    def faults(self) -> set[str]:
        return set(self.verdict().faults)

    def verdict(self) -> Any:
        return self._judge.judge(self.attempts, self.stored, {TO: self.inbox})


@pytest.fixture
def good(part: Callable[[str], ModuleType]) -> Run:
    return Run(part("judge"), part("network").Arrival)


def test_a_good_run_has_no_faults(good: Run) -> None:
    assert good.faults() == set()
    assert good.verdict().counts["status_read"] == 3


def test_a_promise_that_was_not_kept_is_found(good: Run) -> None:
    del good.stored[1], good.inbox[1]
    assert good.faults() == {"answered 202 and lost"}


def test_an_id_that_belongs_to_another_message_is_no_kept_promise(good: Run) -> None:
    good.stored[0]["metadata"], good.stored[1]["metadata"] = good.stored[1]["metadata"], good.stored[0]["metadata"]
    assert "answered 202 and lost" in good.faults()


@pytest.mark.parametrize("status", ["accepted", "sending"])
def test_a_message_that_waits_for_ever_is_found(good: Run, status: str) -> None:
    good.stored[2] |= {"status": status}
    del good.inbox[2]
    assert good.faults() == {f"left in {status}"}


def test_a_message_that_says_sent_and_never_arrived_is_found(good: Run) -> None:
    good.stored[1] |= {"status": "sent"}
    del good.inbox[1]
    assert good.faults() == {"sent, but not at the phone"}


def test_a_message_that_arrived_twice_is_found(good: Run) -> None:
    good.inbox.append(type(good.inbox[0])(4, "OTHER", SENDER, text(2), 0))
    assert good.faults() == {"at the phone twice", "stored with another WhatsApp id"}


def test_a_message_nobody_knows_of_is_found(good: Run) -> None:
    del good.stored[2], good.attempts[2]
    assert good.faults() == {"at the phone, but not stored"}


def test_a_message_that_was_stored_twice_is_found(good: Run) -> None:
    good.stored.append({**good.stored[0], "id": "id9"})
    assert "stored twice" in good.faults()


def test_an_overtaken_message_is_found(good: Run) -> None:
    good.inbox[0], good.inbox[1] = good.inbox[1], good.inbox[0]
    assert good.faults() == {"overtaken in its chat"}


def test_a_late_answer_may_be_anywhere_in_its_chat(good: Run, part: Callable[[str], ModuleType]) -> None:
    good.attempts[1] = part("judge").Attempt(text(1), "late")
    good.inbox.append(good.inbox.pop(1))
    assert good.faults() == set()


def test_an_unanswered_message_may_be_stored_or_not(good: Run, part: Callable[[str], ModuleType]) -> None:
    good.attempts[1] = part("judge").Attempt(text(1), "unanswered")
    assert good.faults() == set()
    del good.stored[1], good.inbox[1]
    assert good.faults() == set()


def test_an_unconfirmed_message_may_have_arrived_or_not_but_needs_a_reason(good: Run) -> None:
    good.stored[1] |= {"status": "unconfirmed", "error": {"code": "host_restarted", "detail": "..."}}
    assert good.faults() == set()
    assert good.verdict().counts["unconfirmed_but_arrived"] == 1
    del good.inbox[1]
    assert good.faults() == set()
    good.stored[1] |= {"error": None}
    assert good.faults() == {"unconfirmed without a reason"}


def test_a_failed_message_must_not_have_arrived(good: Run) -> None:
    good.stored[1] |= {"status": "failed", "error": {"code": "refused", "detail": "..."}}
    assert good.faults() == {"failed, but at the phone"}


def test_a_message_at_the_wrong_phone_is_found(good: Run) -> None:
    good.inbox[0] = type(good.inbox[0])(1, "WA0", "+4915110000002", text(0), 0)
    assert good.faults() == {"at the wrong phone"}
