"""Moves messages at their time: what is scheduled becomes due, what waits past its end expires. Asleep in between."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from messageapi import logs
from messageapi.bus.subjects import BELL_MESSAGE, BELL_SEND, BELL_TIMES
from messageapi.messages.due import rows
from messageapi.messages.due.expire import expire
from messageapi.messages.due.rows import Moved
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

NET_S = 15.0
"""A lost bell, or a clock that was set, makes a message so late at most."""
SOONEST_S = 0.05
"""Between two turns: messages whose times lie close together share one."""
AGAIN_MS = 1_000
"""What could not be moved is tried again after this long."""
_NEVER = 1 << 62
_log = logs.log("timetable")


class Timetable:
    """May run in every worker at once: what one has moved the others leave alone."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._loop = Loop("timetable", self.turn, NET_S)
        self._next = _NEVER
        self._timer: asyncio.TimerHandle | None = None
        self._unlisten: Callable[[], None] = lambda: None

    async def start(self) -> None:
        self._unlisten = self._doors.bells.listen(BELL_TIMES, self._told)
        self._loop.start()

    async def stop(self) -> None:
        self._unlisten()
        await self._loop.stop()
        if self._timer:
            self._timer.cancel()

    async def turn(self) -> None:
        """All whose time has come, then sleep until the next."""
        self._next = _NEVER
        now = self._doors.clock()
        expired = await self._expire(now)
        begun = await self._begin(now)
        if expired or begun:
            _log.info("messages had their time", begun=begun, expired=expired)
        then = await self._doors.db.read(rows.next_at)
        self._wake_at(None if then is None else then if then > now else now + AGAIN_MS)

    def _told(self, key: str) -> None:
        """By who accepts: something happens at this time. Nobody else is asked, however many messages have one."""
        self._wake_at(int(key))

    def _wake_at(self, at: int | None) -> None:
        if at is None or at >= self._next:
            return
        self._next = at
        if self._timer:
            self._timer.cancel()
        seconds = max(SOONEST_S, (at - self._doors.clock()) / 1000)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._loop.nudge)

    async def _begin(self, now: int) -> int:
        begun = 0
        while moved := await self._doors.db.writer.run(lambda tx: rows.begin(tx, now)):
            self._ring(moved)
            begun += len(moved)
        return begun

    async def _expire(self, now: int) -> int:
        """Before anything becomes due: what has expired is not sent."""
        doors, ended = self._doors, 0
        while late := await doors.db.read(lambda tx: rows.late(tx, now)):
            sealers = await doors.keyring.sealers(each.account_id for each in late)
            ids = [each.id for each in late if each.account_id in sealers]
            hours = doors.settings.body_hours
            moved = await doors.db.writer.run(partial(expire, ids=ids, sealers=sealers, now=now, hours=hours))
            self._ring(moved)
            ended += len(moved)
            if not moved:  # another worker was faster, or an account is about to go
                break
        return ended

    def _ring(self, moved: Iterable[Moved]) -> None:
        numbers = set()
        for message_id, number_id in moved:
            self._doors.bells.ring(BELL_MESSAGE, message_id)
            numbers.add(number_id)
        for number_id in numbers:
            self._doors.bells.ring(BELL_SEND, number_id)
