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
