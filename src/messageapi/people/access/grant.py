"""An owner or an admin lets the operator look for some hours, refuses it, or ends it at once."""

from messageapi.errors import Problem
from messageapi.people.access import find, rows
from messageapi.people.access.find import Access
from messageapi.people.access.told import told
from messageapi.people.caller import caller_of
from messageapi.people.fresh import require_fresh
from messageapi.people.logins.session import SignedIn
from messageapi.people.membership.find import role_of
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

HOURS = (1, 4, 24, 72)
HOUR_MS = 3_600_000


async def grant(doors: Doors, who: SignedIn, access_id: str, *, hours: int) -> None:
    """From now on. Raise Problem access_not_found, for another account's as well."""
    require_fresh(doors, who)
    caller = caller_of(who)

    async def work(tx: Tx) -> None:
        now = doors.clock()
        found = await _one(tx, caller, access_id, now)
        if found.granted_at is not None:
            raise Problem("access_exists", 409, "This is granted already. End it first to choose another time.")
        if hours not in HOURS:
            raise Problem("hours_invalid", 422, "Choose one of the numbers of hours that are offered.")
        await rows.change(tx, caller, access_id, granted_at=now, until=now + hours * HOUR_MS)
        await told(tx, caller, found.asked_by, "access.granted", {"operator": found.asked_name, "hours": hours}, now)

    await doors.db.writer.run(work)


async def end(doors: Doors, who: SignedIn, access_id: str) -> None:
    """Refuse what was asked, or end what was granted: the operator's next request shows nothing any more."""
    caller = caller_of(who)

    async def work(tx: Tx) -> None:
        now = doors.clock()
        found = await _one(tx, caller, access_id, now)
        await rows.change(tx, caller, access_id, ended_at=now)
        await rows.turn_away(tx, access_id)
        did = "access.refused" if found.granted_at is None else "access.ended"
        await told(tx, caller, found.asked_by, did, {"operator": found.asked_name}, now)

    await doors.db.writer.run(work)


async def _one(tx: Tx, caller: Caller, access_id: str, now: int) -> Access:
    """Whoever only looks at the account has no role in it, and lets nobody in."""
    if await role_of(tx, caller) not in ("owner", "admin"):
        raise Problem("role_exceeded", 403, "Your role does not allow this. Ask an owner of the account to do it.")
    for each in await find.every_open(tx, caller, now):
        if each.id == access_id:
            return each
    raise Problem("access_not_found", 404, "This is over, or was never asked. Look at the list again.")
