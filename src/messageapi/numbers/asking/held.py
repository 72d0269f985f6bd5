"""Numbers with the host that holds each of them: for what a worker does for a number without being asked."""

from collections.abc import Collection
from typing import NamedTuple

from messageapi import logs
from messageapi.bus.port import BusError
from messageapi.engines.port import Command, Refused, SetOnline
from messageapi.numbers import rows
from messageapi.numbers.asking.hosts import tell
from messageapi.numbers.number import Number
from messageapi.store.db import Tx
from messageapi.web.doors import Doors

DEADLINE_S = 8.0
_log = logs.log("numbers")


class Held(NamedTuple):
    """A number, the host that holds it, and under which epoch."""

    number: Number
    host_id: str
    epoch: int


async def held(tx: Tx, ids: Collection[str]) -> dict[str, Held]:
    """Those of these numbers that a host holds, whatever account they belong to."""
    known = await rows.by_ids(tx, ids)
    return {
        one.number_id: Held(known[one.number_id], one.host_id, one.epoch)
        for one in await rows.placements_of(tx, known.keys())
        if one.host_id
    }


async def do(doors: Doors, at: Held, command: Command, deadline_s: float = DEADLINE_S) -> bool:
    """As good as it goes: nobody waits for the answer."""
    try:
        answer = await tell(doors.bus, at.host_id, command, deadline_s)
        code = answer.code if isinstance(answer, Refused) else ""
    except BusError as problem:
        code = problem.code
    if code:
        _log.info("not done now", number=at.number.id, what=type(command).__name__, code=code)
    return not code


async def show_online(doors: Doors, number_id: str, *, on: bool) -> None:
    """Now, where the number is held; and each time it connects (`chats.attend`)."""
    found = (await doors.db.read(lambda tx: held(tx, [number_id]))).get(number_id)
    if found:
        await do(doors, found, SetOnline(number_id, found.epoch, on))
