"""Carries out what admins of groups removed, once WhatsApp has said who is one. Nobody waits for it."""

import asyncio
from collections.abc import Callable

from messageapi import logs
from messageapi.bus.subjects import BELL_REMOVALS
from messageapi.messages.removals.by_admin import Removals
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

POLL_S = 5.0
PLACES = 50
_log = logs.log("removing")


class Removing:
    """One in every worker: the database decides which of them has one."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._removals = Removals(doors)
        self._loop = Loop("removing", self.turn, POLL_S)
        self._tasks: set[asyncio.Task[None]] = set()
        self._unlisten: Callable[[], None] = lambda: None

    async def start(self) -> None:
        self._unlisten = self._doors.bells.listen(BELL_REMOVALS, lambda _: self._loop.nudge())
        self._loop.start()

    async def stop(self) -> None:
        """What is under way is left: it is held in the database for a while, then tried again."""
        self._unlisten()
        await self._loop.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def turn(self) -> None:
        """Begin what is due, as far as there are places."""
        if free := PLACES - len(self._tasks):
            for some in await self._removals.claim(free):
                task = asyncio.create_task(self._removals.carry_out(some), name="remove")
                self._tasks.add(task)
                task.add_done_callback(self._ended)

    async def settled(self) -> None:
        """Return when none is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            _log.warning("not removed now", cause=type(problem).__name__)
        self._loop.nudge()
