"""Housekeeping: what has expired is deleted, in small portions so that nobody waits long for the database."""

from messageapi import logs
from messageapi.messages.expire import expire
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

EVERY_S = 60.0
_log = logs.log("chores")


class Chores:
    """May run in every worker at once: deleting what is gone changes nothing."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._loop = Loop("chores", self.turn, EVERY_S)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        await self._loop.stop()

    async def turn(self) -> None:
        """Delete all that has expired until now."""
        now, gone = self._doors.clock(), 0
        while portion := await self._doors.db.writer.run(lambda tx: expire(tx, now)):
            gone += portion
        if gone:
            _log.info("expired", rows=gone)
