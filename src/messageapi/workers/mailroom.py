"""Emails to people: sends what is due, woken when there is something new."""

from collections.abc import Callable

from messageapi.bus.subjects import BELL_NOTICES
from messageapi.notices.send import send_due
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

POLL_S = 15.0


class Mailroom:
    """May run in every worker at once: each takes other emails."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._loop = Loop("mailroom", self.turn, POLL_S)
        self._unlisten: Callable[[], None] | None = None

    async def start(self) -> None:
        self._unlisten = self._doors.bells.listen(BELL_NOTICES, lambda _: self._loop.nudge())
        self._loop.start()

    async def stop(self) -> None:
        if self._unlisten:
            self._unlisten()
        await self._loop.stop()

    async def turn(self) -> None:
        """Send all there is."""
        while await send_due(self._doors):
            pass
