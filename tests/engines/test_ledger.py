"""What a number's ledger knows after a restart, and which outcome it gives to what was left open."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
import pytest

from messageapi.engines.host.journal import ledger as ledgers
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.journal.ledger import Ledger
from messageapi.engines.host.journal.records import NamedAs, Reported, Started, to_bytes
from messageapi.engines.port import Alive, NotSent, Receipt, SendJob, Sent, Unconfirmed
from messageapi.vocab.content import Image, Letter, Media, Quote, Target, Text

T = TypeVar("T")
Again = Callable[[], Ledger]


class Behind(Protocol):
    def __call__(self, ledger: Ledger, verb: Callable[[], T]) -> "Future[T]": ...


A, B, C = (SendJob(one, 1, "7@lid", Letter(content=Text(f"the text of {one}"))) for one in "abc")


@pytest.fixture
def again(tmp_path: Path) -> Again:
    """The ledger of the same folder, as the next host reads it; the one before is not closed in order."""
    return lambda: Ledger(tmp_path / "journal", bytes(32), "num_1", lambda _event: None)


def outcomes(ledger: Ledger) -> list[object]:
    return [reported.event for reported in ledger.batch(100)]


def test_a_job_that_never_started_did_not_leave(again: Again) -> None:
    again().accept([A])
    ledger = again()
    ledger.settle_leftovers()
    [event] = outcomes(ledger)
    assert isinstance(event, NotSent)
    assert (event.message_id, event.code, event.permanent) == ("a", "host_restarted", False)


def test_a_job_that_had_started_is_unconfirmed(again: Again) -> None:
    first = again()
    first.accept([A, B])
    first.start(A, names_first=False)
    ledger = again()
    ledger.settle_leftovers()
    assert [type(event) for event in outcomes(ledger)] == [Unconfirmed, NotSent]


def test_what_another_version_wrote_loses_no_number_no_place_and_no_job(again: Again, tmp_path: Path) -> None:
    """As after an upgrade that was taken back."""
    first = again()
    first.accept([A])
    first.report(Alive(1))
    seq = first.last_seq
    unknown = [["e", seq + 1, {"type": "Newer", "at": 1}], ["j", {**msgspec.to_builtins(B), "letter": {"content": {}}}]]
    readable = to_bytes(Started("b", 1, names_first=False)), to_bytes(Reported(seq + 2, Alive(2)))
    first.journal.append(*map(msgspec.msgpack.encode, unknown), *readable)
    ledger = again()
    ledger.settle_leftovers()
    kept = [(each.seq - seq, type(each.event)) for each in ledger.batch(10)]
    assert kept == [(0, Alive), (1, Receipt), (2, Alive), (3, NotSent), (4, Unconfirmed)]


def test_the_name_of_a_message_survives_its_host(again: Again) -> None:
    first = again()
    first.accept([A])
    first.start(A, names_first=True)
    first.name(A, "3EB0AA")
    ledger = again()
    ledger.settle_leftovers()
    [event] = outcomes(ledger)
    assert isinstance(event, Unconfirmed)
    assert event.wa_id == "3EB0AA"


def test_a_message_without_a_name_had_not_left_where_names_come_first(again: Again) -> None:
    first = again()
    first.accept([A])
    first.start(A, names_first=True)
    ledger = again()
    ledger.settle_leftovers()
    assert isinstance(outcomes(ledger)[0], NotSent)


def test_after_a_power_cut_a_missing_name_proves_nothing(again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    first = again()
    first.accept([A])
    first.start(A, names_first=True)
    monkeypatch.setattr(ledgers, "BOOT", "another run of the machine")
    ledger = again()
    ledger.settle_leftovers()
    assert isinstance(outcomes(ledger)[0], Unconfirmed)


def test_an_outcome_that_was_written_is_not_asked_twice(again: Again) -> None:
    first = again()
    first.accept([A])
    first.start(A, names_first=False)
    first.report(Sent("a", 1, "3EB0AA", 5))
    ledger = again()
    assert ledger.settle_leftovers() == 0
    assert outcomes(ledger) == [Sent("a", 1, "3EB0AA", 5)]
    assert ledger.states([("a", 1), ("b", 1)]) == ["reported", "unknown"]


def test_sequence_numbers_go_on_after_a_restart(again: Again) -> None:
    first = again()
    for at in range(3):
        first.report(Alive(at))
    before = [reported.seq for reported in first.batch(9)]
    first.take(before[1])
    ledger = again()
    ledger.report(Alive(3))
    assert [(reported.seq, reported.event) for reported in ledger.batch(9)] == [
        (before[2], Alive(2)),
        (before[2] + 1, Alive(3)),
    ]


def test_sequence_numbers_go_on_when_everything_was_left_behind(again: Again) -> None:
    first = again()
    first.report(Alive(0))
    last = first.last_seq
    first.take(last)
    first.compact()
    ledger = again()
    ledger.report(Alive(1))
    assert ledger.last_seq == last + 1


def test_a_lost_journal_starts_above_the_old_numbers(again: Again, tmp_path: Path) -> None:
    first = again()
    first.report(Alive(0))
    (tmp_path / "journal").unlink()
    ledger = again()
    ledger.report(Alive(1))
    assert ledger.batch(1)[0].seq > first.last_seq


def test_events_a_worker_took_for_old_ones_are_told_under_new_numbers(again: Again) -> None:
    """A restored backup of the session folder is older than the database."""
    ledger = again()
    ledger.report(Alive(1))
    known = ledger.last_seq + 1000
    ledger.take(known)
    assert [(reported.seq, reported.event) for reported in ledger.batch(9)] == [(known + 1, Alive(1))]
    assert [reported.seq for reported in again().batch(9)] == [known + 1]


def test_a_job_given_twice_is_sent_once(again: Again) -> None:
    ledger = again()
    assert ledger.accept([A, B]) == [A, B]
    assert ledger.accept([A, C]) == [C]
    ledger.report(Sent("a", 1, "3EB0AA", 5))
    assert ledger.accept([A]) == []
    assert len(ledger.accept([SendJob("a", 2, A.chat, A.letter)])) == 1


def test_an_outcome_that_was_taken_can_be_told_again(again: Again) -> None:
    ledger = again()
    ledger.accept([A])
    ledger.report(Sent("a", 1, "3EB0AA", 5))
    ledger.take(ledger.last_seq)
    ledger.tell_again([("a", 1), ("zz", 1)])
    assert outcomes(ledger) == [Sent("a", 1, "3EB0AA", 5)]


def test_bodies_leave_the_disk_when_all_is_taken(again: Again, tmp_path: Path) -> None:
    ledger = again()
    empty = (tmp_path / "journal").stat().st_size
    ledger.accept([SendJob("a", 1, "7@lid", Letter(content=Text("x" * 10_000)))])
    ledger.report(Sent("a", 1, "3EB0AA", 5))
    ledger.compact()
    assert (tmp_path / "journal").stat().st_size > 10_000  # not taken yet
    ledger.take(ledger.last_seq)
    ledger.compact()
    assert (tmp_path / "journal").stat().st_size <= empty + 32


def test_a_busy_journal_stays_small(again: Again, tmp_path: Path) -> None:
    ledger = again()
    ledger.accept([B])
    for turn in range(3_000):
        job = SendJob(f"m{turn}", 1, "7@lid", Letter(content=Text("x" * 1_000)))
        ledger.accept([job])
        ledger.report(Sent(job.message_id, 1, "3EB0AA", 5))
        ledger.take(ledger.last_seq)
        if turn % 100 == 0:
            ledger.compact()
    assert (tmp_path / "journal").stat().st_size < 2_500_000
    assert again().states([("b", 1)]) == ["pending"]


def test_a_closed_ledger_takes_no_more(again: Again) -> None:
    ledger = again()
    ledger.close()
    with pytest.raises(JournalError):
        ledger.report(Alive(1))


def test_an_engine_is_held_back_while_nobody_takes_its_events(again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "WAITING_LIMIT", 2)
    ledger = again()
    ledger.report(Alive(1))
    ledger.report(Alive(2))
    passed = threading.Event()

    def wait() -> None:
        ledger.wait_for_room()
        passed.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not passed.wait(0.05)
    ledger.take(ledger.last_seq)
    assert passed.wait(5)
    thread.join()


@pytest.fixture
def behind_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> Behind:
    """Let a thread do this while the disk refuses; when it waits there is room again, and it sleeps on until `take`."""
    monkeypatch.setattr(ledgers, "_RETRY_S", 60)

    def waiting(ledger: Ledger, verb: Callable[[], T]) -> "Future[T]":
        refused = threading.Event()

        def refuse(*_: object) -> None:
            raise JournalError("the disk is full")

        def refuse_for_good(*_: object) -> None:
            refused.set()
            raise JournalError("the disk is full")

        with monkeypatch.context() as disk:
            disk.setattr(ledger.journal, "append", refuse)
            disk.setattr(ledger.journal, "restart", refuse_for_good)
            brought = ThreadPoolExecutor(1).submit(verb)
            assert refused.wait(20)
        return brought

    return waiting


def test_a_full_disk_holds_a_thread_until_there_is_room(again: Again, behind_a_full_disk: Behind) -> None:
    ledger = again()
    reported = behind_a_full_disk(ledger, lambda: ledger.report(Alive(1)))
    ledger.report(Alive(2))
    assert not reported.done()
    taken = ledger.last_seq
    ledger.take(taken)
    reported.result(20)
    assert [(each.seq, each.event) for each in again().batch(9)] == [(taken + 1, Alive(1))]


def test_nobody_but_a_thread_waits_for_a_full_disk(again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = again()

    def refuse(*_: object) -> None:
        raise JournalError("the disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(ledger.journal, "append", refuse)
        disk.setattr(ledger.journal, "restart", refuse)
        with pytest.raises(JournalError):
            ledger.report_now(Alive(0))
    assert again().batch(9) == []


def test_a_job_whose_deadline_passed_while_the_disk_was_full_is_not_started(
    again: Again, behind_a_full_disk: Behind
) -> None:
    ledger = again()
    ledger.accept([A, B])
    started = behind_a_full_disk(ledger, lambda: ledger.start(A, names_first=True))
    ledger.report(Unconfirmed("a", 1, 5, "deadline", ""))
    ledger.take(ledger.last_seq)
    assert started.result(20) is False
    assert again().states([("a", 1), ("b", 1)]) == ["reported", "pending"]


def test_a_message_is_not_named_when_its_deadline_passed_while_the_disk_was_full(
    again: Again, behind_a_full_disk: Behind
) -> None:
    ledger = again()
    ledger.accept([A])
    ledger.start(A, names_first=True)
    named = behind_a_full_disk(ledger, lambda: ledger.name(A, "3EB0AA"))
    ledger.report(Unconfirmed("a", 1, 5, "deadline", ""))
    ledger.take(ledger.last_seq)
    named.result(20)
    assert again().idle


def test_what_was_written_about_a_job_behind_its_outcome_is_passed_over(again: Again) -> None:
    first = again()
    first.accept([A])
    first.report(Unconfirmed("a", 1, 5, "deadline", ""))
    first.journal.append(to_bytes(Started("a", 1, names_first=True)), to_bytes(NamedAs("a", 1, "3EB0AA")))
    assert again().states([("a", 1)]) == ["reported"]


def test_whatever_a_message_says_survives_a_restart(again: Again) -> None:
    photo = Media(name="f1", key=bytes(32), sha256=bytes(range(32)), size=7, mime="image/png")
    letter = Letter(
        content=Image(media=photo, caption="our house", thumbnail=b"\xff\xd8"),
        quote=Quote(target=Target("3EB0", "7@lid"), text="which one?"),
        mentions=["8@lid"],
        forwarded=True,
    )
    again().accept([SendJob("a", 1, "7@lid", letter)])
    assert [entry.job.letter for entry in again()._open.values()] == [letter]
