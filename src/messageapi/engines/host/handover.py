"""Hands a number's events over to a worker: in order, many at once, and kept until the worker has committed them."""

import asyncio
import random
from collections.abc import Callable

import msgspec

from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError
from messageapi.engines.host.journal import JournalError
from messageapi.engines.host.ledger import Ledger
from messageapi.engines.port import EventBatch, Taken
from messageapi.logs import log

_MOST_EVENTS = 256
_MOST_BYTES = 900_000  # the bus refuses more than 1 MiB
_ANSWER_S = 5.0
_GATHER_S = 0.002  # an outcome and its receipts come within this time: one batch costs a third of three
_GATHER_BUSY_S = 0.02  # while more jobs wait to be sent, nobody waits for the outcome of one of them
_LOOK_S = 0.01
_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0

_encoder = msgspec.msgpack.Encoder()
_taken = msgspec.msgpack.Decoder(Taken)


class Handover:
    """One task a number. `wake` may be called from any thread; `busy` says that more of the number's jobs wait."""

    def __init__(self, bus: Bus, host_id: str, number_id: str, epoch: Callable[[], int]) -> None:
        self._bus, self._host_id, self._number_id, self._epoch = bus, host_id, number_id, epoch
        self.busy: Callable[[], bool] = lambda: False
        self._loop = asyncio.get_running_loop()
        self._something = asyncio.Event()
        self._asleep = False
        self._failures = 0

    def wake(self) -> None:
        if self._asleep:  # one wake-up for a burst of events
            self._asleep = False
            self._loop.call_soon_threadsafe(self._something.set)

    async def run(self, ledger: Ledger) -> None:
        """Until cancelled."""
        while True:
            self._something.clear()
            self._asleep = True
            if not ledger.batch(1):
                await self._something.wait()
            await asyncio.sleep(_GATHER_BUSY_S if self.busy() else _GATHER_S)
            self._asleep = False
            if not await self._hand_over(ledger):
                await asyncio.sleep(self._pause())

    async def drained(self, ledger: Ledger, limit_s: float) -> bool:
        """Wait until a worker has everything."""
        for _ in range(int(limit_s / _LOOK_S)):
            if not ledger.batch(1):
                return True
            await asyncio.sleep(_LOOK_S)
        return False

    async def _hand_over(self, ledger: Ledger) -> bool:
        payload = self._batch(ledger)
        if payload is None:
            return True
        try:
            answer = await self._bus.ask(subjects.inbox(self._number_id), payload, deadline_s=_ANSWER_S)
            ledger.take(_taken.decode(answer).last)
        except (BusError, JournalError, msgspec.DecodeError) as problem:
            self._note_failure(problem)
            return False
        self._failures = 0
        return True

    def _batch(self, ledger: Ledger) -> bytes | None:
        most = _MOST_EVENTS
        while waiting := ledger.batch(most):
            events = [reported.event for reported in waiting]
            batch = EventBatch(self._host_id, self._number_id, self._epoch(), waiting[0].seq, events)
            payload = _encoder.encode(batch)
            if len(payload) <= _MOST_BYTES or len(events) == 1:
                return payload
            most = len(events) // 2
        return None

    def _pause(self) -> float:
        longest = min(_PAUSE_S * (1 << min(self._failures, 10)), _LONGEST_PAUSE_S)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing

    def _note_failure(self, problem: Exception) -> None:
        self._failures += 1
        if self._failures == 1:
            code = problem.code if isinstance(problem, BusError) else type(problem).__name__
            log("engine-host").warning("events_wait", number=self._number_id, problem=code)
