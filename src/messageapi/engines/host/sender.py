"""The sending thread of one session: one job at a time, in order, written down before and after.

A thread that hangs in the protocol library is left behind: its job is reported as unconfirmed at its deadline and the
session is replaced. What it brings back later still counts if it is good news.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import NamedTuple

from messageapi.engines.blame import BLAMELESS
from messageapi.engines.contract import Session, preparing_s
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.journal.ledger import Ledger, Outcome
from messageapi.engines.port import EngineError, NotSent, SendJob, Sent, Unconfirmed
from messageapi.logs import log
from messageapi.vocab.clock import now_ms

_MOMENT = 3  # jobs
_WHY = {
    "not_connected": "The number is not connected; the message waits.",
    "session_closed": "The number was closed on this host before the message left.",
    "session_restarted": "The number's connection was replaced before the message left.",
    "order_kept": "An earlier message of this number waits, so this one waits behind it.",
    "expired": "The message was not sent before its expiresAt.",
}


class _Given(NamedTuple):
    job: SendJob
    deadline_s: float
    seen: int


class _Turn:
    """One job in the engine's hands. Whoever settles it first speaks for it."""

    def __init__(self, given: _Given) -> None:
        self.job = given.job
        self.until = time.monotonic() + given.deadline_s + preparing_s(given.job.letter)
        self._lock = threading.Lock()
        self._settled = False

    def settle(self) -> bool:
        with self._lock:
            first, self._settled = not self._settled, True
            return first


class Sender:
    """`submit`, `close` and `abandon` belong to the event loop, `overdue` to the watch, the rest to the thread."""

    def __init__(self, session: Session, ledger: Ledger, may_send: Callable[[], bool]) -> None:
        self._session, self._ledger, self._may_send = session, ledger, may_send
        self._queue: SimpleQueue[_Given | None] = SimpleQueue()
        self._turn: _Turn | None = None
        self._why_closed = ""
        self._idle = threading.Event()
        self._idle.set()
        threading.Thread(target=self._run, daemon=True, name="sender").start()

    @property
    def idle(self) -> bool:
        return self._idle.is_set()

    @property
    def backlog(self) -> bool:
        """More jobs wait than are gone in a moment."""
        return self._queue.qsize() > _MOMENT

    def submit(self, jobs: Sequence[SendJob], deadline_s: float, seen: int) -> None:
        """Jobs that are in the ledger already."""
        if self._why_closed:
            self._give_back(jobs, self._why_closed, self._report_now)
            return
        self._idle.clear()
        for job in jobs:
            self._queue.put(_Given(job, deadline_s, seen))

    def close(self, why: str) -> None:
        """Start nothing more; what has not started goes back to the worker."""
        self._why_closed = why
        self._flush(why, self._report_now)
        self._queue.put(None)

    def abandon(self) -> None:
        """The session is gone and its last send still has not come back."""
        turn = self._turn
        if turn is not None and turn.settle():
            self._report_now(self._unconfirmed(turn.job, "session_closed"))

    def overdue(self) -> bool:
        """Settle a send that passed its deadline; True when the session must be replaced."""
        turn = self._turn
        if turn is None or time.monotonic() < turn.until or not turn.settle():
            return False
        self._why_closed = "session_restarted"
        self._ledger.report(self._unconfirmed(turn.job, "deadline"))
        self._flush("session_restarted", self._ledger.report)
        return True

    def _run(self) -> None:
        while given := self._next():
            try:
                self._one(given)
            except JournalError:
                return  # closed: the next host reads from the journal what became of the job

    def _next(self) -> _Given | None:
        try:
            return self._queue.get_nowait()
        except Empty:
            self._idle.set()
            return None if self._why_closed else self._queue.get()

    def _one(self, given: _Given) -> None:
        if self._why_closed or not self._may_send():
            self._give_back_from(given.job, self._why_closed or "not_connected")
            return
        if refusal := self._refusal(given):
            self._ledger.report(refusal)
            return
        self._idle.clear()
        turn = self._turn = _Turn(given)
        if not self._ledger.start(given.job, names_first=self._session.names_first):
            self._turn = None
            return
        outcome = self._handed_to_engine(given.job)
        self._turn = None
        if turn.settle():
            self._conclude(given.job, outcome)
        elif isinstance(outcome, Sent):
            self._ledger.report(outcome)

    def _refusal(self, given: _Given) -> NotSent | None:
        """Why this job must not go now."""
        job = given.job
        if job.expires_at is not None and now_ms() >= job.expires_at:
            return _not_sent(job, "expired", _WHY["expired"], permanent=True)
        if self._ledger.waits(job, given.seen):
            return _not_sent(job, "order_kept", _WHY["order_kept"])
        return None

    def _handed_to_engine(self, job: SendJob) -> Outcome:
        try:
            return self._session.send(job, lambda wa_id: self._ledger.name(job, wa_id))
        except EngineError as problem:
            if problem.left:
                return self._unconfirmed(job, problem.code)
            return _not_sent(job, problem.code, problem.detail, permanent=problem.permanent)
        except Exception as problem:  # noqa: BLE001 - whatever broke, the message may have left before it did
            log("engine-host").error("send_broke", problem=type(problem).__name__)
            return self._unconfirmed(job, "engine_failed")

    def _conclude(self, job: SendJob, outcome: Outcome) -> None:
        if isinstance(outcome, NotSent) and not outcome.permanent and outcome.code in BLAMELESS:
            self._give_back_from(job, outcome.code, outcome.detail)
        else:  # what is behind it in its chat has to wait, see _refusal
            self._ledger.report(outcome)

    def _give_back_from(self, job: SendJob, code: str, detail: str = "") -> None:
        """The job and all behind it: none of them could be sent now."""
        self._ledger.report(_not_sent(job, code, detail or _WHY[code]))
        self._flush(self._why_closed or "order_kept", self._ledger.report)

    def _flush(self, why: str, report: Callable[[Outcome], None]) -> None:
        waiting: list[SendJob] = []
        try:
            while given := self._queue.get_nowait():
                waiting.append(given.job)
        except Empty:
            pass
        self._give_back(waiting, why, report)

    def _give_back(self, jobs: Sequence[SendJob], why: str, report: Callable[[Outcome], None]) -> None:
        for job in jobs:
            report(_not_sent(job, why, _WHY[why]))

    def _report_now(self, outcome: Outcome) -> None:
        """On the event loop, which must not wait for the disk: a job left open is told of when the folder is opened."""
        with suppress(JournalError):
            self._ledger.report_now(outcome)

    def _unconfirmed(self, job: SendJob, code: str) -> Unconfirmed:
        return Unconfirmed(job.message_id, job.attempt, now_ms(), code, self._ledger.wa_id(job))


def _not_sent(job: SendJob, code: str, detail: str, *, permanent: bool = False) -> NotSent:
    return NotSent(job.message_id, job.attempt, code, detail, permanent, now_ms())
