"""Fetches files of received messages that their numbers' settings ask for, a few at a time."""

import asyncio
from collections.abc import Callable

from messageapi import logs
from messageapi.bus.subjects import BELL_FILES
from messageapi.messages.inbound_media.automatic import carry_out, claim
from messageapi.messages.inbound_media.errors import FINAL
from messageapi.messages.inbound_media.rows import Wanted
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

POLL_S = 5.0
STOP_S = 1.0
PLACES = 8
_log = logs.log("fetching")


class Fetching:
    """One in every worker: the database decides which of them has a file."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._loop = Loop("fetching", self.turn, POLL_S)
        self._tasks: set[asyncio.Task[None]] = set()
        self._unlisten: Callable[[], None] = lambda: None

    async def start(self) -> None:
        self._unlisten = self._doors.bells.listen(BELL_FILES, lambda _: self._loop.nudge())
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
        if free := PLACES - len(self._tasks):
            for wanted in await claim(self._doors, free):
                task = asyncio.create_task(self._carried_out(wanted), name="fetch-by-itself")
                self._tasks.add(task)
                task.add_done_callback(self._ended)

    async def settled(self) -> None:
        """Return when none is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _carried_out(self, wanted: Wanted) -> None:
        code = await carry_out(self._doors, wanted)
        if code in FINAL:
            _log.info("a file cannot be had", message=wanted.message_id, code=code)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            _log.warning("a file was not fetched", cause=type(problem).__name__)
        self._loop.nudge()
