"""What one number was asked and what it has reported: jobs without an outcome, events no worker has taken yet.

Every change is in the journal before it counts, so the next host that opens the folder goes on from here.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

from messageapi.engines.host.journal import file as journals
from messageapi.engines.host.journal.order import Order
from messageapi.engines.host.journal.records import (
    Accepted,
    Began,
    NamedAs,
    Record,
    Reported,
    Started,
    Took,
    from_bytes,
    to_bytes,
)
from messageapi.engines.port import EngineEvent, NotSent, SendJob, Sent, Unconfirmed
from messageapi.vocab.clock import now_ms

T = TypeVar("T")
Key = tuple[str, int]  # message id, attempt
Outcome = Sent | NotSent | Unconfirmed
State = Literal["unknown", "pending", "reported"]

REMEMBERED = 512  # settled jobs whose outcome can be told again
REFUSED = 10_000  # jobs that are given out anew and must not come any more
WAITING_LIMIT = 20_000  # events no worker takes: from here on an engine is held back instead of memory growing
COMPACT_ABOVE = 2 * 1024 * 1024
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
_RETRY_S = 0.5


@dataclass(slots=True)
class Open:
    """A job without an outcome."""

    job: SendJob
    started: bool = False
    names_first: bool = False
    wa_id: str = ""

    def records(self) -> Iterable[Record]:
        yield Accepted(self.job)
        if self.started:
            yield Started(self.job.message_id, self.job.attempt, self.names_first)
        if self.wa_id:
            yield NamedAs(self.job.message_id, self.job.attempt, self.wa_id)


class Ledger:
    """Safe to use from any thread."""

    def __init__(self, path: Path, key: bytes, about: str, on_report: Callable[[EngineEvent], None]) -> None:
        self._lock = threading.Lock()
        self._room = threading.Condition(self._lock)
        self._on_report = on_report
        self._closed = False
        self._open: OrderedDict[Key, Open] = OrderedDict()
        self._settled: OrderedDict[Key, tuple[int, Outcome]] = OrderedDict()
        self._refused: OrderedDict[Key, None] = OrderedDict()
        self._order = Order()
        self._waiting: deque[Reported] = deque()
        # A lost journal must not begin below what a worker has taken already: microseconds only grow.
        self._next_seq = time.time_ns() // 1000
        self._earlier_boot = False
        self.taken = 0
        earlier = journals.read(path, key, about)
        for data in earlier.records:
            self._replay(from_bytes(data))
        self.torn = earlier.torn
        self.journal = journals.Journal(path, key, about, self._live())
        self._floor = self.journal.size

    # --- jobs ---

    def accept(self, jobs: Sequence[SendJob]) -> list[SendJob]:
        """Write down the jobs not known yet and return them. Raise JournalError when the disk refuses."""
        with self._lock:
            new = [job for job in jobs if not self._knows((job.message_id, job.attempt))]
            if new:
                self._write(*(Accepted(job) for job in new))
                self._open.update(((job.message_id, job.attempt), Open(job)) for job in new)
            return new

    def start(self, job: SendJob, *, names_first: bool) -> bool:
        """False when the job has an outcome: a full disk may outlast its deadline."""
        with self._lock:
            return self._patiently(lambda: self._started(job, names_first))

    def name(self, job: SendJob, wa_id: str) -> None:
        """Keep the WhatsApp id of a message that is about to leave."""
        with self._lock:
            self._patiently(lambda: self._named(job, wa_id))

    def wa_id(self, job: SendJob) -> str:
        with self._lock:
            entry = self._open.get((job.message_id, job.attempt))
            return entry.wa_id if entry else ""

    def states(self, keys: Iterable[Key]) -> list[State]:
        with self._lock:
            return [
                "pending" if key in self._open else "reported" if key in self._settled else "unknown" for key in keys
            ]

    def refuse(self, keys: Iterable[Key]) -> None:
        """Those not known here are given out anew: should they still come, they are too late.

        Memory is enough: whoever holds the number after this process holds it under another epoch.
        """
        with self._lock:
            self._refused.update((key, None) for key in keys if not self._knows(key))
            while len(self._refused) > REFUSED:
                self._refused.popitem(last=False)

    def too_late(self, keys: Iterable[Key]) -> bool:
        with self._lock:
            return any(key in self._refused for key in keys)

    def waits(self, job: SendJob, seen: int) -> bool:
        """Something of its chat went back, and whoever chose this job had not seen that."""
        return self._order.waits(job.chat, seen)

    def tell_again(self, keys: Iterable[Key]) -> None:
        """Report taken outcomes once more: whoever asks about them has not seen them."""
        with self._lock:
            outcomes = [self._settled[key] for key in keys if key in self._settled]
        for seq, outcome in outcomes:
            if seq <= self.taken:
                self.report_now(outcome)

    def settle_leftovers(self) -> int:
        """Report what became of the jobs an earlier life left without an outcome."""
        left = list(self._open.values())
        for entry in left:
            self.report_now(_outcome_of_leftover(entry, sure=not self._earlier_boot))
        return len(left)

    # --- events ---

    def report(self, event: EngineEvent) -> None:
        """Write the event down, whatever time the disk takes, give it the next number and wake the hand-over.

        For an engine's and a sender's threads: while they wait here, nothing is lost.
        """
        with self._lock:
            self._patiently(lambda: self._reported(event))
        self._on_report(event)

    def report_now(self, event: EngineEvent) -> None:
        """The same for the event loop, which must not wait. Raise JournalError when the disk refuses."""
        with self._lock:
            self._reported(event)
        self._on_report(event)

    def wait_for_room(self) -> None:
        """Hold an engine's thread while workers are away: what it has not read, WhatsApp keeps."""
        if len(self._waiting) >= WAITING_LIMIT:
            with self._room:
                self._room.wait_for(lambda: self._closed or len(self._waiting) < WAITING_LIMIT)

    def batch(self, most: int) -> list[Reported]:
        with self._lock:
            return list(islice(self._waiting, most))

    def take(self, last: int) -> None:
        """A worker committed everything up to `last`. Raise JournalError when the disk refuses."""
        with self._room:
            if last <= self.taken:
                return
            if last >= self._next_seq:
                self._go_on_above(last)
            else:
                self._write(Took(last))
                self._forget_until(last)
            self._room.notify_all()

    @property
    def last_seq(self) -> int:
        """Of the newest event."""
        return self._next_seq - 1

    @property
    def idle(self) -> bool:
        """Nothing is open and everything is taken."""
        return not self._open and not self._waiting

    # --- the file ---

    def compact(self) -> None:
        """Leave settled jobs and taken events behind, bodies with them. For the syncing thread, from time to time."""
        grown = self.journal.size - self._floor
        if self._closed or not (grown > 0 if self.idle else grown > max(COMPACT_ABOVE, self._floor)):
            return
        with self._lock:
            self.journal.restart(self._live())
            self._floor = self.journal.size

    def close(self) -> None:
        with self._room:
            self._closed = True
            self._room.notify_all()
        self.journal.close()

    def _knows(self, key: Key) -> bool:
        return key in self._open or key in self._settled

    def _write(self, *records: Record) -> None:
        data = [to_bytes(record) for record in records]
        try:
            self.journal.append(*data)
        except journals.JournalError:
            if self._closed:
                raise
            self.journal.restart([*self._live(), *data])

    def _started(self, job: SendJob, names_first: bool) -> bool:
        entry = self._open.get((job.message_id, job.attempt))
        if entry is None:
            return False
        self._write(Started(job.message_id, job.attempt, names_first))
        entry.started, entry.names_first = True, names_first
        return True

    def _named(self, job: SendJob, wa_id: str) -> None:
        entry = self._open.get((job.message_id, job.attempt))
        if entry is not None and entry.wa_id != wa_id:
            self._write(NamedAs(job.message_id, job.attempt, wa_id))
            entry.wa_id = wa_id

    def _reported(self, event: EngineEvent) -> None:
        reported = Reported(self._next_seq, event)
        self._write(reported)
        self._count(reported)

    def _patiently(self, write: Callable[[], T]) -> T:
        """A full disk holds this number until it has room again; nothing goes on unwritten.

        `write` looks anew each time: others may have written while this one waited, and hold the lock meanwhile.
        """
        while True:
            try:
                return write()
            except journals.JournalError:
                if self._closed:
                    raise
                self._room.wait(_RETRY_S)

    def _live(self) -> list[bytes]:
        first = self._waiting[0].seq if self._waiting else self._next_seq
        records: list[Record] = [Began(first, BOOT), Took(self.taken)]
        for entry in self._open.values():
            records += entry.records()
        return [to_bytes(record) for record in (*records, *self._waiting)]

    def _replay(self, record: Record) -> None:
        match record:
            case Began(next_seq, boot):
                self._next_seq, self._earlier_boot = next_seq, boot != BOOT
            case Accepted(job):
                self._open[(job.message_id, job.attempt)] = Open(job)
            case Started(message_id, attempt, names_first):
                if entry := self._open.get((message_id, attempt)):
                    entry.started, entry.names_first = True, names_first
            case NamedAs(message_id, attempt, wa_id):
                if entry := self._open.get((message_id, attempt)):
                    entry.wa_id = wa_id
            case Reported():
                self._count(record)
            case Took(last):
                self._forget_until(last)

    def _count(self, reported: Reported) -> None:
        self._next_seq = reported.seq + 1
        self._waiting.append(reported)
        if isinstance(reported.event, Outcome):
            key = (reported.event.message_id, reported.event.attempt)
            entry = self._open.pop(key, None)
            if isinstance(reported.event, NotSent) and not reported.event.permanent:
                self._order.went_back(entry.job.chat if entry else None, reported.seq)
            self._settled[key] = (reported.seq, reported.event)
            if len(self._settled) > REMEMBERED:
                self._settled.popitem(last=False)

    def _forget_until(self, last: int) -> None:
        self.taken = max(self.taken, last)
        while self._waiting and self._waiting[0].seq <= last:
            self._waiting.popleft()

    def _go_on_above(self, last: int) -> None:
        """The journal is older than what the workers know, as after a restored backup: its numbers were used before."""
        events = [reported.event for reported in self._waiting]
        self.taken = last
        self._waiting = deque(Reported(last + 1 + place, event) for place, event in enumerate(events))
        self._next_seq = last + 1 + len(events)
        self.journal.restart(self._live())


def _outcome_of_leftover(entry: Open, *, sure: bool) -> NotSent | Unconfirmed:
    """What became of a job whose host ended. `sure`: the machine stayed up, so every record written is there."""
    job, at = entry.job, now_ms()
    if not entry.started or (sure and entry.names_first and not entry.wa_id):
        detail = "The process that held this number ended before the message left."
        code = "host_ended" if entry.started else "host_restarted"  # perhaps this message ended it
        return NotSent(job.message_id, job.attempt, code, detail, permanent=False, at=at)
    return Unconfirmed(job.message_id, job.attempt, at, "host_restarted", entry.wa_id)
