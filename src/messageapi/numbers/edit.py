"""Rename a number, or make it the one that sends when a request names no other."""

from messageapi.errors import Problem
from messageapi.numbers import find, rows
from messageapi.numbers.create import checked_name
from messageapi.numbers.number import Number
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def edit(
    doors: Doors, caller: Caller, number_id: str, *, name: str | None = None, default: bool | None = None
) -> Number:
    if default is False:
        raise Problem("default_needed", 422, "One number is always the default. Make another one the default instead.")

    async def work(tx: Tx) -> Number:
        await find.one(tx, caller, number_id)
        if name is not None:
            await rows.rename(tx, number_id, checked_name(name))
        if default:
            await rows.make_default(tx, caller.account_id, number_id)
        return await find.one(tx, caller, number_id)

    return await doors.db.writer.run(work)
