"""Delete a number with everything of it: the linked device at WhatsApp, the credentials, its messages here."""

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.numbers import find, folders, rows
from messageapi.numbers.linking.unlink import unlink
from messageapi.numbers.transition import ring
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

AT_ONCE = 5_000
"""Messages of one transaction: a number may have millions, and everybody else writes in between."""


async def remove(doors: Doors, caller: Caller, number_id: str) -> None:
    """The account's oldest number becomes the default when the default goes."""
    try:
        await unlink(doors, caller, number_id)
    except Problem as problem:
        if problem.code != "number_not_linked":
            raise
    while await doors.db.writer.run(lambda tx: rows.remove_messages(tx, number_id, AT_ONCE)):
        pass

    async def work(tx: Tx) -> str:
        number = await find.one(tx, caller, number_id)
        folder = await rows.folder_of(tx, number_id)
        await rows.remove(tx, number_id)
        await note(tx, caller, "number.removed", number_id, {"name": number.name}, now=doors.clock())
        successor = await rows.oldest_of(tx, caller.account_id) if number.is_default else None
        if successor:
            await rows.make_default(tx, caller.account_id, successor)
        ring(doors, tx, number_id)
        return folder

    await folders.remove(doors.settings, await doors.db.writer.run(work))
