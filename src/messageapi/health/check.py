"""Asks each part whether it answers, within a deadline. What is written here is what was seen, not what is hoped."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

import msgspec

from messageapi.errors import DoorError
from messageapi.health import rows
from messageapi.web.doors import Doors

DEADLINE_SECONDS = 2
SILENT_MS = 10_000  # the placer gives up on a host that has been silent for this long

Answer = Literal["ok", "down"]
Engines = Literal["ok", "idle", "down"]


class Readiness(msgspec.Struct, rename="camel"):
    """`ready`: all parts answer. `degraded`: messages are accepted and wait, but no engine host is there to send them.
    `down`: nothing can be accepted.
    """

    status: Literal["ready", "degraded", "down"]
    database: Answer
    bus: Answer
    engines: Engines


class Watch:
    """However many ask, the parts are asked by one at a time; who comes meanwhile gets the same answer."""

    def __init__(self) -> None:
        self._asking: asyncio.Task[Readiness] | None = None

    async def look(self, doors: Doors) -> Readiness:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(readiness(doors))
        return await asyncio.shield(self._asking)


async def readiness(doors: Doors) -> Readiness:
    database, bus, engines = await asyncio.gather(
        _answers(doors.db.ping()), _answers(doors.bus.ping()), _engines(doors)
    )
    if "down" in (database, bus):
        return Readiness("down", database, bus, engines)
    return Readiness("degraded" if engines == "down" else "ready", database, bus, engines)


async def _answers(ping: Awaitable[None]) -> Answer:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await ping
    except (DoorError, TimeoutError):
        return "down"
    return "ok"


async def _engines(doors: Doors) -> Engines:
    """`idle`: no number is to be held, so no host is needed."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), doors.db.reading() as tx:
            if await rows.host_heard(tx, doors.clock() - SILENT_MS):
                return "ok"
            return "down" if await rows.numbers_wanted(tx) else "idle"
    except (DoorError, TimeoutError):
        return "down"
