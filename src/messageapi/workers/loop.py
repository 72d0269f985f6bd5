"""A turn taken again and again: after a while or when nudged, and after a failure all the same."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from messageapi import logs
from messageapi.errors import DoorError, Problem

STOP_S = 3.0
_log = logs.log("loop")


class Loop:
    """`turn` decides nothing about when; a failing door is logged and met again at the next turn."""

    def __init__(self, name: str, turn: Callable[[], Awaitable[None]], every_s: float) -> None:
        self._name = name
        self._turn = turn
        self._every_s = every_s
        self._nudged = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    def nudge(self) -> None:
        """Take the next turn now."""
        self._nudged.set()

    async def stop(self) -> None:
        """Let the turn that runs come to its end; for a while."""
        self._stopping = True
        self._nudged.set()
        if self._task:
            await asyncio.wait({self._task}, timeout=STOP_S)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._nudged.clear()
            await self._guarded()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), self._every_s)

    async def _guarded(self) -> None:
        try:
            await self._turn()
        except (DoorError, Problem) as problem:
            _log.warning("a turn failed", loop=self._name, code=problem.code)
        except Exception as problem:  # noqa: BLE001 - a loop that ends in silence is worse than one that logs each turn
            # no traceback text: it could quote a message
            _log.error("a turn broke", loop=self._name, cause=type(problem).__name__)
