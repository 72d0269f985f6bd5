"""Does for numbers what their owners want done by itself once what came is committed. Nobody waits for it."""

import asyncio
from collections.abc import Sequence
from functools import partial

from messageapi import logs
from messageapi.chats.attend import attend, concerns
from messageapi.engines.port import EngineEvent
from messageapi.errors import DoorError
from messageapi.numbers.asking.held import Held, held
from messageapi.numbers.observe import Observed
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

IDLE_S = 60.0
MOST_WAITING = 20_000
AT_ONCE = 50
_log = logs.log("attendant")


class Attendant:
    """One in every worker, for what its inbox has taken in."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._waiting: dict[str, list[EngineEvent]] = {}
        self._count = 0  # events that wait or are being attended to
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        self._loop = Loop("attendant", self.turn, IDLE_S)

    def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        await self._loop.stop()
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    def take(self, seen: Sequence[Observed]) -> None:
        """Never waits. Behind too much that waits, nothing more is done by itself."""
        for item in seen:
            if self._count < MOST_WAITING:
                self._waiting.setdefault(item.number_id, []).append(item.event)
                self._count += 1
        if self._waiting:
            self._loop.nudge()

    async def turn(self) -> None:
        """One read for all numbers that have something."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        found: dict[str, Held] = {}
        try:
            found = await self._doors.db.read(lambda tx: held(tx, waiting.keys()))
        finally:
            self._count -= sum(len(events) for number_id, events in waiting.items() if number_id not in found)
        for number_id, at in found.items():
            task = asyncio.create_task(self._attend(at, waiting[number_id]), name="attend")
            self._under_way.add(task)
            task.add_done_callback(partial(self._ended, len(waiting[number_id])))

    async def settled(self) -> None:
        """Return when none is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _ended(self, events: int, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._count -= events
        if not task.cancelled() and (problem := task.exception()):
            _log.error("not attended to", cause=type(problem).__name__)

    async def _attend(self, at: Held, events: Sequence[EngineEvent]) -> None:
        async with self._room:
            try:
                await attend(self._doors, at, [event for event in events if concerns(event)])
            except DoorError as problem:
                _log.warning("not attended to", number=at.number.id, code=problem.code)
