"""Pause a number's sending: messages are accepted and wait until it is resumed; what was handed over still goes."""

from messageapi.audit.note import note
from messageapi.numbers import find, rows
from messageapi.numbers.number import Number
from messageapi.numbers.transition import ring
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def pause(doors: Doors, caller: Caller, number_id: str) -> Number:
    """In any state, and twice as well: it stays paused since the first time."""
    return await _set(doors, caller, number_id, paused=True)


async def resume(doors: Doors, caller: Caller, number_id: str) -> Number:
    return await _set(doors, caller, number_id, paused=False)


async def _set(doors: Doors, caller: Caller, number_id: str, *, paused: bool) -> Number:
    async def work(tx: Tx) -> Number:
        number = await find.one(tx, caller, number_id)
        if paused != (number.paused_at is not None):
            await rows.set_paused(tx, number_id, doors.clock() if paused else None)
            action = "number.paused" if paused else "number.resumed"
            await note(tx, caller, action, number_id, {"name": number.name}, now=doors.clock())
            ring(doors, tx, number_id)
        return await find.one(tx, caller, number_id)

    return await doors.db.writer.run(work)
