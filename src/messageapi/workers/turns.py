"""Turns of one number or one endpoint: taken one at a time when it is woken, or when its time has come, and again after
a failure. With nothing to do nothing runs.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable

from messageapi import logs
from messageapi.errors import DoorError, Problem

RETRY_S = 1.0


class Turns(ABC):
    """`part`, `what` and `about` are for the log."""

    def __init__(self, part: str, what: str, **about: str) -> None:
        self._log, self._what, self._about = logs.log(part), what, about
        self._due = False
        """Set in a turn: another one follows."""
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _turn(self) -> None: ...

    @property
    def idle(self) -> bool:
        return self._timer is None and (self._task is None or self._task.done())

    def wake(self) -> None:
        self._due = True
        if not self._closing and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), name=self._what)

    async def stop(self, patience_s: float) -> None:
        """Let the turn that runs come to its end."""
        await self._stop(patience_s, ())

    async def _stop(self, patience_s: float, others: Iterable[asyncio.Task[None]]) -> None:
        self._closing = True
        if self._timer:
            self._timer.cancel()
        running = {*others, *([self._task] if self._task else [])}
        if running:
            await asyncio.wait(running, timeout=patience_s)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def _run(self) -> None:
        while self._due and not self._closing:
            self._due = False
            try:
                await self._turn()
            except (DoorError, Problem) as problem:
                self._log.warning(f"{self._what} stalled", code=problem.code, **self._about)
                self._later(RETRY_S)
            except Exception as problem:  # noqa: BLE001 - what waits goes on waiting; the next turn may succeed
                # no traceback text: it could quote a message
                self._log.error(f"{self._what} broke", cause=type(problem).__name__, **self._about)
                self._later(RETRY_S)

    def _later(self, seconds: float) -> None:
        """After this long, or when it was meant to be before."""
        loop = asyncio.get_running_loop()
        at = loop.time() + max(seconds, 0.001)
        if self._timer and self._timer.when() <= at:
            return
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.wake()
