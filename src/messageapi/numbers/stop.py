"""Stop holding a number: its credentials stay, messages wait, and restart brings it back."""

from messageapi.errors import Problem
from messageapi.numbers import find, rows
from messageapi.numbers.number import Number
from messageapi.numbers.transition import move
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def stop(doors: Doors, caller: Caller, number_id: str) -> Number:
    async def work(tx: Tx) -> Number:
        number = await find.one(tx, caller, number_id)
        moved = await move(doors, tx, number, "stopped", "stopped") if number.linked else None
        if moved is None:
            raise Problem("number_not_running", 409, "This number is not running. Unlink it to give up linking.")
        await rows.unwant(tx, number_id)
        return moved

    return await doors.db.writer.run(work)
