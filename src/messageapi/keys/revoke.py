"""Revoke an API key. Every process refuses it within a second: the bell is heard at once, and no check is remembered
longer.
"""

from messageapi.audit.note import note
from messageapi.bus.subjects import BELL_KEYS
from messageapi.keys import find, rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def revoke_key(doors: Doors, caller: Caller, key_id: str) -> None:
    """Once revoked, always revoked; doing it again changes nothing."""

    async def work(tx: Tx) -> None:
        key, now = await find.one(tx, caller, key_id), doors.clock()
        await rows.revoke(tx, caller, key_id, now)
        tx.after_commit(lambda: doors.bells.ring(BELL_KEYS, key.lookup))
        if key.revoked_at is None:
            await note(tx, caller, "key.revoked", key_id, {"name": key.name}, now=now)

    await doors.db.writer.run(work)
