"""Rename a number, make it the one that sends when a request names no other, set its pace and what it does alone."""

import msgspec

from messageapi.audit.note import note
from messageapi.bus.subjects import BELL_SEND
from messageapi.errors import Problem
from messageapi.numbers import find, rows
from messageapi.numbers.asking.held import show_online
from messageapi.numbers.create import checked_name
from messageapi.numbers.number import Number
from messageapi.numbers.schemas import NumberEdit
from messageapi.pacing.change import change_limits
from messageapi.pacing.find import paces
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

_COLUMNS = {
    "typing": "shows_typing",
    "online": "shows_online",
    "auto_read": "auto_read",
    "reject_calls": "reject_calls",
    "auto_download": "auto_download",
    "own_messages": "own_messages",
}


async def edit(doors: Doors, caller: Caller, number_id: str, wishes: NumberEdit) -> Number:
    """What is left out stays as it is. What waits is looked at again: it may go sooner now."""
    if wishes.default is False:
        raise Problem("default_needed", 422, "One number is always the default. Make another one the default instead.")

    async def work(tx: Tx) -> Number:
        await find.one(tx, caller, number_id)
        await _apply(tx, caller, number_id, wishes)
        changed = [field for field, value in msgspec.structs.asdict(wishes).items() if value is not None]
        await note(tx, caller, "number.changed", number_id, {"fields": changed}, now=doors.clock())
        tx.after_commit(lambda: doors.bells.ring(BELL_SEND, number_id))
        return await find.one(tx, caller, number_id)

    edited = await doors.db.writer.run(work)
    if wishes.online is not None:
        await show_online(doors, number_id, on=wishes.online)
    return edited


async def _apply(tx: Tx, caller: Caller, number_id: str, wishes: NumberEdit) -> None:
    if wishes.name is not None:
        await rows.rename(tx, number_id, checked_name(wishes.name))
    if wishes.default:
        await rows.make_default(tx, caller.account_id, number_id)
    if asked := _columns(wishes):
        await rows.set_columns(tx, number_id, **asked)
    if wishes.pacing is not None:
        if wishes.pacing.on is not None:
            await rows.set_columns(tx, number_id, paced=wishes.pacing.on)
        await change_limits(tx, (await paces(tx, caller, [number_id]))[number_id], wishes.pacing)


def _columns(wishes: NumberEdit) -> dict[str, object]:
    asked = {column: getattr(wishes, field) for field, column in _COLUMNS.items()}
    return {column: value for column, value in asked.items() if value is not None}
