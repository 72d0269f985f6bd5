"""Delete an upload before its time."""

from messageapi.media import errors, find, rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def drop(doors: Doors, caller: Caller, media_id: str) -> None:
    """Raise Problem media_not_found, or media_in_use while a message needs it."""

    async def work(tx: Tx) -> str:
        row = await find.one(tx, caller, media_id, doors.clock())
        if await rows.needed(tx, caller, row.name):
            raise errors.in_use()
        await rows.remove(tx, caller, media_id)
        return row.name

    await doors.blobs.drop([await doors.db.writer.run(work)])
