"""One number's lane: claims its next messages, hands them to its host, and finds out about hand-overs in doubt."""

import asyncio

from messageapi import logs
from messageapi.errors import DoorError, Problem
from messageapi.messages.queue.claim import Ask, Claim, Held, claim
from messageapi.web.doors import Doors
from messageapi.workers.pace import Pace
from messageapi.workers.sending import handover
from messageapi.workers.sending.courier import Courier

RETRY_S = 1.0
AUDIT_MS = 120_000
"""What has been under way for so long is asked about again: its report may have been lost."""
BUSY = 12
"""A host that holds so many messages of a number can wait for more until the other lanes claim as well."""
_log = logs.log("dispatch")


class Lane:
    """One turn at a time. Every turn begins with a claim, so what the database says is all that counts."""

    def __init__(self, doors: Doors, courier: Courier, number_id: str, pace: Pace) -> None:
        self._doors = doors
        self._courier = courier
        self._pace = pace
        self._number_id = number_id
        self._held: set[Held] = set()
        self._reported = handover.Reported()
        self._audited_at = doors.clock()
        self.more = True
        """Something may still wait behind what was claimed last."""
        self._due = False
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._timer is None and (self._task is None or self._task.done())

    def wake(self) -> None:
        self._due = True
        if not self._closing and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), name="lane")

    async def stop(self, patience_s: float) -> None:
        """Let the turn that runs come to its end."""
        self._closing = True
        if self._timer:
            self._timer.cancel()
        if self._task and not self._task.done():
            await asyncio.wait({self._task}, timeout=patience_s)
            self._task.cancel()

    async def _run(self) -> None:
        while self._due and not self._closing:
            self._due = False
            try:
                await self._turn()
            except (DoorError, Problem) as problem:
                _log.warning("a number's lane stalled", number=self._number_id, code=problem.code)
                self._later(RETRY_S)
            except Exception as problem:  # noqa: BLE001 - the number's messages wait; the next turn may succeed
                # no traceback text: it could quote a message
                _log.error("a number's lane broke", number=self._number_id, cause=type(problem).__name__)
                self._later(RETRY_S)

    def _later(self, seconds: float) -> None:
        """After this long, or when it was meant to be before."""
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if self._timer and self._timer.when() <= at:
            return
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.wake()

    async def _turn(self) -> None:
        if len(self._held) >= BUSY:
            await self._pace.turn()
        began = asyncio.get_running_loop().time()
        ask = Ask(self._number_id, frozenset(self._held), self._doors.settings.send_window, self._doors.clock())
        got = await self._doors.db.writer.join(claim, ask, last=True)
        self.more = got.more
        self._held &= {(each.seq, each.attempt) for each in got.flying}
        if got.standing is None:
            return
        if got.lost:
            self._due = await handover.give_up(self._doors, got.standing) or self._due
        elif got.doubtful:
            await self._find_out(got)
        elif got.jobs:
            self._took(await handover.hand_over(self._doors, self._courier, got.standing, got.jobs, began))
        self._due = self._due or got.again
        if got.pause_ms:
            self._later(got.pause_ms / 1000)
        self._audit(got)

    def _took(self, result: handover.Handed) -> None:
        self._held |= result.held
        if result.retry_s is not None:
            self._later(result.retry_s)

    async def _find_out(self, got: Claim) -> None:
        in_doubt = [each for each in got.flying if (each.seq, each.attempt) not in self._held]
        found = await handover.find_out(self._doors, got, in_doubt, self._reported)
        self._took(found)
        self._due = self._due or found.retry_s is None

    def _audit(self, got: Claim) -> None:
        now = self._doors.clock()
        if now - self._audited_at < AUDIT_MS:
            return
        self._audited_at = now
        self._held -= {(each.seq, each.attempt) for each in got.flying if now - each.since > AUDIT_MS}
