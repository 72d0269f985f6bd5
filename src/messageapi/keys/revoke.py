"""Revoke an API key. Every process refuses it within a second: the bell is heard at once, and no check is remembered
longer.
"""

from messageapi.bus.subjects import BELL_KEYS
from messageapi.keys import find, rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def revoke_key(doors: Doors, caller: Caller, key_id: str) -> None:
    """Once revoked, always revoked; doing it again changes nothing."""

    async def work(tx: Tx) -> None:
        lookup = (await find.one(tx, caller, key_id)).lookup
        await rows.revoke(tx, caller, key_id, doors.clock())
        tx.after_commit(lambda: doors.bells.ring(BELL_KEYS, lookup))

    await doors.db.writer.run(work)
