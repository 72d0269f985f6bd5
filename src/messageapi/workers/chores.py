"""Housekeeping: what has expired is deleted, in small portions so that nobody waits long for the database."""

from messageapi import logs
from messageapi.media.sweep import sweep, sweep_orphans
from messageapi.messages.expire import expire
from messageapi.notices.send import expire as expire_notices
from messageapi.web.doors import Doors
from messageapi.webhooks.delivery.expire import expire as expire_deliveries
from messageapi.workers.loop import Loop

EVERY_S = 60.0
ORPHANS_EVERY_MS = 3_600_000
"""Finding them means listing every file there is."""
_log = logs.log("chores")


class Chores:
    """May run in every worker at once: deleting what is gone changes nothing."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._orphans_at = 0
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
        hours = self._doors.settings.body_hours
        while portion := await self._doors.db.writer.run(lambda tx: expire_deliveries(tx, now, hours)):
            gone += portion
        while portion := await expire_notices(self._doors):
            gone += portion
        if gone:
            _log.info("expired", rows=gone)
        await self._sweep_files(now)

    async def _sweep_files(self, now: int) -> None:
        files = await sweep(self._doors)
        if now - self._orphans_at >= ORPHANS_EVERY_MS:
            self._orphans_at = now
            files += await sweep_orphans(self._doors)
        if files:
            _log.info("files deleted", files=files)
