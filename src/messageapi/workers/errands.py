"""Errands: work that waits in the database until its time, done a few at a time, each in a task of its own."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from messageapi import logs
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

T = TypeVar("T")

POLL_S = 5.0
STOP_S = 1.0


class Errands(ABC, Generic[T]):
    """One in every worker: the database decides which of them has one. `bell` rings when there is a new one."""

    def __init__(self, doors: Doors, name: str, bell: str, places: int) -> None:
        self._doors, self._bell, self._places = doors, bell, places
        self._log = logs.log(name)
        self._loop = Loop(name, self.turn, POLL_S)
        self._tasks: set[asyncio.Task[None]] = set()
        self._unlisten: Callable[[], None] = lambda: None

    @abstractmethod
    async def claim(self, most: int) -> Sequence[T]:
        """Up to so many whose time has come."""

    @abstractmethod
    async def carry_out(self, errand: T) -> None:
        """Do it, or put it off."""

    async def start(self) -> None:
        self._unlisten = self._doors.bells.listen(self._bell, lambda _: self._loop.nudge())
        self._loop.start()

    async def stop(self) -> None:
        """What is under way is left: it is held in the database for a while, then tried again."""
        self._unlisten()
        await self._loop.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)

    async def turn(self) -> None:
        """Begin what is due, as far as there are places."""
        if free := self._places - len(self._tasks):
            for errand in await self.claim(free):
                task = asyncio.create_task(self.carry_out(errand), name="errand")
                self._tasks.add(task)
                task.add_done_callback(self._ended)

    async def settled(self) -> None:
        """Return when none is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            self._log.warning("not done now", cause=type(problem).__name__)
        self._loop.nudge()
