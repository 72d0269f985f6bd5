"""Canceling a message that still waits. What was handed over is on its way and cannot be called back."""

from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.messages import errors, find, rows
from messageapi.messages.schemas import MessageView
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def cancel(doors: Doors, caller: Caller, message_id: str) -> MessageView:
    """Raise Problem message_not_found or message_not_cancelable."""

    async def work(tx: Tx) -> None:
        if not await rows.cancel(tx, caller, message_id, doors.clock()):
            raise errors.not_cancelable(await find.status(tx, caller, message_id))

    await doors.db.writer.run(work)
    doors.bells.ring(BELL_MESSAGE, message_id)
    return await find.one(doors, caller, message_id)
