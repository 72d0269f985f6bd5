"""Canceling a message that still waits. What was handed over is on its way and cannot be called back."""

from messageapi.bus.subjects import BELL_MESSAGE, BELL_SEND
from messageapi.messages import errors, find, rows
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.schemas import MessageView
from messageapi.messages.states import WAITING
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def cancel(doors: Doors, caller: Caller, message_id: str) -> MessageView:
    """Raise Problem message_not_found or message_not_cancelable."""

    sealer = await doors.keyring.sealer(caller.account_id)

    async def work(tx: Tx) -> str:
        await find.status(tx, caller, message_id)
        ledger = Ledger(doors.clock(), doors.settings.body_hours)
        ledger.add(await rows.lock(tx, [message_id]))
        row = ledger.by_id[message_id]
        if row.status not in WAITING or row.resent_at is not None:
            raise errors.not_cancelable(row.status)
        row.reach("canceled", ledger.now)
        await ledger.write(tx, {caller.account_id: sealer})
        return row.number_id

    number_id = await doors.db.writer.run(work)
    doors.bells.ring(BELL_MESSAGE, message_id)
    doors.bells.ring(BELL_SEND, number_id)  # what was parked behind it may go
    return await find.one(doors, caller, message_id)
