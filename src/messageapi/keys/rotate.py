"""Rotate an API key: another with the same rights takes its place, and the old one works beside it for a while."""

from messageapi.audit.note import Fact, note
from messageapi.bus.subjects import BELL_KEYS
from messageapi.errors import Problem
from messageapi.keys import find, rows
from messageapi.keys.create import CreatedKey, add, require_scopes
from messageapi.keys.find import Key
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

HOUR_MS = 3_600_000


async def rotate_key(doors: Doors, caller: Caller, key_id: str, *, overlap_hours: int) -> CreatedKey:
    """With an overlap of 0 the old one is refused within a second."""

    async def work(tx: Tx) -> CreatedKey:
        old, now = await find.one(tx, caller, key_id), doors.clock()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise Problem("key_ended", 409, "This key has ended already. Create a new one instead.")
        require_scopes(caller, old.scopes.split())
        made = await add(tx, doors, caller, _same(old))
        end = now + overlap_hours * HOUR_MS
        await rows.end(tx, caller, key_id, end if old.expires_at is None else min(end, old.expires_at))
        tx.after_commit(lambda: doors.bells.ring(BELL_KEYS, old.lookup))
        facts: dict[str, Fact] = {"name": old.name, "new": made.id, "overlap_hours": overlap_hours}
        await note(tx, caller, "key.rotated", key_id, facts, now=now)
        return made

    return await doors.db.writer.run(work)


def _same(old: Key) -> dict[str, object]:
    return {
        "name": old.name,
        "scopes": old.scopes,
        "in_link": old.in_link,
        "expires_at": old.expires_at,
        "numbers": old.numbers,
        "networks": old.networks,
        "test": old.test,
        "replaces": old.id,
    }
