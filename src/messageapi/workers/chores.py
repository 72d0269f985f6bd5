"""Housekeeping: what has expired is deleted, in small portions so that nobody waits long for the database."""

from collections.abc import Awaitable, Callable
from functools import partial

from messageapi import logs
from messageapi.audit.expire import expire as expire_audit
from messageapi.contacts.expire import expire as expire_contacts
from messageapi.media.sweep import sweep, sweep_orphans
from messageapi.messages.expire import expire
from messageapi.notices.send import expire as expire_notices
from messageapi.people.expire import expire as expire_people
from messageapi.store.db import Tx
from messageapi.support.expire import expire as expire_questions
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
        for each in (expire, expire_contacts, expire_notices, expire_questions):
            gone += await self._all(partial(each, now=now))
        kept = self._doors.settings
        deliveries = partial(expire_deliveries, hours=kept.body_hours, listed_hours=kept.delivery_hours)
        gone += await self._all(partial(deliveries, now=now))
        gone += await self._all(partial(expire_people, now=now, idle_hours=self._doors.settings.login_idle_hours))
        gone += await self._all(partial(expire_audit, now=now, days=self._doors.settings.audit_days))
        if gone:
            _log.info("expired", rows=gone)
        await self._sweep_files(now)

    async def _all(self, portion: Callable[[Tx], Awaitable[int]]) -> int:
        """Portion by portion, each in a transaction of its own; how many went."""
        gone = 0
        while some := await self._doors.db.writer.run(portion):
            gone += some
        return gone

    async def _sweep_files(self, now: int) -> None:
        files = await sweep(self._doors)
        if now - self._orphans_at >= ORPHANS_EVERY_MS:
            self._orphans_at = now
            files += await sweep_orphans(self._doors)
        if files:
            _log.info("files deleted", files=files)
