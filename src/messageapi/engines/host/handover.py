"""Hands events to workers: each number's in order, many numbers' at once, kept until a worker has committed them."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import msgspec

from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError
from messageapi.engines.batches import EventBatch, Handed, Taken
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.journal.ledger import Ledger
from messageapi.engines.port import EngineEvent, Receipt
from messageapi.logs import log

_MOST_EVENTS = 256  # of one number
_MOST_BYTES = 900_000  # the bus refuses more than 1 MiB
_ANSWER_S = 5.0
_AT_ONCE = 2  # under way together: while one is committed the next is gathered
_GATHER_S = 0.002  # events come in company
_PATIENCE_S = 0.02  # nobody waits for a receipt as somebody may for an outcome: under load they travel together
_LOOK_S = 0.01
_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0

_encoder = msgspec.msgpack.Encoder()
_taken = msgspec.msgpack.Decoder(Taken)


class Line:
    """One number's events on their way. `busy` says that more of its jobs wait to be sent."""

    def __init__(self, number_id: str, epoch: Callable[[], int], busy: Callable[[], bool]) -> None:
        self.number_id, self.epoch, self._busy = number_id, epoch, busy
        self.ledger: Ledger | None = None
        self.away = False  # being handed over
        self.rests = False  # between two tries
        self.urgent = False
        self.failures = 0

    def hurries(self, event: EngineEvent) -> bool:
        """Somebody may wait for it: not for a receipt, nor for an outcome while more jobs wait."""
        return not isinstance(event, Receipt) and not self._busy()

    @property
    def ready(self) -> bool:
        return not (self.away or self.rests) and self.ledger is not None and bool(self.ledger.batch(1))

    def batch(self, host_id: str, room: int) -> bytes | None:
        """As many events as fit into so many bytes; a single one even when it is larger."""
        most = _MOST_EVENTS
        while self.ledger and (waiting := self.ledger.batch(most)):
            events = [reported.event for reported in waiting]
            payload = _encoder.encode(EventBatch(host_id, self.number_id, self.epoch(), waiting[0].seq, events))
            if len(payload) <= room:
                return payload
            if len(events) == 1:
                return payload if room == _MOST_BYTES else None
            most = len(events) // 2
        return None


class Handover:
    """One a host. `note` may be called from any thread, the rest belongs to the event loop."""

    def __init__(self, bus: Bus, host_id: str) -> None:
        self._bus, self._host_id = bus, host_id
        self._lines: dict[str, Line] = {}
        self._something, self._hurry = asyncio.Event(), asyncio.Event()
        self._asleep = self._patient = False
        self._last_at = 0.0
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._loop = asyncio.get_running_loop()
        self._carrying: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="handover")

    def add(self, line: Line, ledger: Ledger) -> None:
        line.ledger = ledger
        self._lines[line.number_id] = line
        self._something.set()

    def remove(self, line: Line) -> None:
        line.ledger = None
        if self._lines.get(line.number_id) is line:
            del self._lines[line.number_id]

    def note(self, line: Line, event: EngineEvent) -> None:
        """Something was written down. One wake-up for a burst of events."""
        urgent = line.hurries(event)
        line.urgent = line.urgent or urgent
        if self._asleep or (urgent and self._patient):
            self._asleep = False
            self._patient = self._patient and not urgent
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._rouse, urgent)

    async def drained(self, line: Line, limit_s: float) -> bool:
        """Wait until a worker has everything of this number."""
        for _ in range(int(limit_s / _LOOK_S)):
            if line.ledger is None or not line.ledger.batch(1):
                return True
            await asyncio.sleep(_LOOK_S)
        return False

    async def stop(self) -> None:
        """What is under way is left to the journal."""
        tasks = {*self._carrying, *({self._task} if self._task else ())}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _rouse(self, urgent: bool) -> None:
        self._something.set()
        if urgent:
            self._hurry.set()

    async def _run(self) -> None:
        while True:
            await self._room.acquire()
            lines = await self._next()
            task = asyncio.create_task(self._carry(lines), name="handover-batch")
            self._carrying.add(task)
            task.add_done_callback(self._carried)

    def _carried(self, task: asyncio.Task[None]) -> None:
        self._carrying.discard(task)
        self._room.release()
        self._something.set()  # more may have come meanwhile

    async def _next(self) -> list[Line]:
        """The numbers that have something, once company had a moment to come."""
        while True:
            self._something.clear()
            self._hurry.clear()
            self._asleep = self._patient = True
            ready = self._ready()
            if not ready:
                await self._something.wait()
                ready = self._ready()
            if not any(line.urgent for line in ready):
                await self._wait_patiently()
            await asyncio.sleep(_GATHER_S)
            self._asleep = self._patient = False
            if ready := self._ready():
                self._last_at = time.monotonic()
                return ready

    async def _wait_patiently(self) -> None:
        left = self._last_at + _PATIENCE_S - time.monotonic()
        if left > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), left)

    def _ready(self) -> list[Line]:
        return [line for line in self._lines.values() if line.ready]

    async def _carry(self, ready: Sequence[Line]) -> None:
        lines, batches = self._packed(ready)
        for line in lines:
            line.away, line.urgent = True, False
        try:
            payload = _encoder.encode(Handed(batches))
            answer = await self._bus.ask(subjects.inbox(self._host_id), payload, deadline_s=_ANSWER_S)
            lasts = _taken.decode(answer).lasts
        except (BusError, msgspec.DecodeError) as problem:
            self._failed(lines, problem)
        else:
            for line, last in zip(lines, lasts, strict=False):
                self._note_taken(line, last)
        finally:
            for line in lines:
                line.away = False

    def _packed(self, ready: Iterable[Line]) -> tuple[list[Line], list[msgspec.Raw]]:
        lines: list[Line] = []
        batches: list[msgspec.Raw] = []
        room = _MOST_BYTES
        for line in ready:
            payload = line.batch(self._host_id, room)
            if payload is not None:
                lines.append(line)
                batches.append(msgspec.Raw(payload))
                room -= len(payload)
        return lines, batches

    def _note_taken(self, line: Line, last: int | None) -> None:
        try:
            if last is None:
                self._failed([line], None)
            elif line.ledger:
                line.ledger.take(last)
                line.failures = 0
        except JournalError as problem:
            self._failed([line], problem)

    def _failed(self, lines: Sequence[Line], problem: Exception | None) -> None:
        for line in lines:
            line.failures += 1
            line.rests = True
            self._loop.call_later(_pause(line.failures), self._rested, line)
            if line.failures == 1:
                code = problem.code if isinstance(problem, BusError) else type(problem).__name__
                log("engine-host").warning("events_wait", number=line.number_id, problem=code if problem else "not_now")

    def _rested(self, line: Line) -> None:
        """Only the timer says when: it may be a moment earlier than a clock would, and does not come again."""
        line.rests = False
        self._something.set()


def _pause(failures: int) -> float:
    longest = min(_PAUSE_S * (1 << min(failures, 10)), _LONGEST_PAUSE_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
