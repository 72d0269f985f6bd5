"""The operator looks at an account that lets them: their session sees it as a viewer, and every page is noted."""

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.people.access import rows
from messageapi.people.access.told import told
from messageapi.people.caller import caller_of
from messageapi.people.fresh import require_fresh
from messageapi.people.logins.session import Begun, SignedIn, retokened
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.recent import Recent
from messageapi.web.doors import Doors

NOTED_EVERY = 600_000
CAPACITY = 10_000


async def look(doors: Doors, who: SignedIn, account_id: str) -> Begun:
    """The session goes on in that account until it is left or the time is over. Raise Problem access_missing."""
    require_fresh(doors, who)
    caller = Caller(account_id, None, frozenset(), person_id=who.person_id)

    async def work(tx: Tx) -> Begun:
        now = doors.clock()
        access_id = await rows.granted_to(tx, caller, who.person_id, now)
        if not who.operator or access_id is None:
            raise Problem("access_missing", 403, "This account does not let you look now. Ask it first.")
        await told(tx, caller, who.person_id, "access.begun", {"operator": who.name}, now)
        return await retokened(tx, doors, who, access_id=access_id)

    return await doors.db.writer.run(work)


async def leave(doors: Doors, who: SignedIn) -> Begun:
    """Back to the account they came from. The account still lets them look."""

    async def work(tx: Tx) -> Begun:
        if who.looking is not None:
            await told(tx, caller_of(who), who.person_id, "access.left", {"operator": who.name}, doors.clock())
        return await retokened(tx, doors, who, access_id=None)

    return await doors.db.writer.run(work)


class Sights:
    """What was seen by whom is noted once in ten minutes: parts of a page are asked for again and again."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._noted: Recent[tuple[str, str], int] = Recent(CAPACITY)

    async def saw(self, who: SignedIn, path: str) -> None:
        """One page. What cannot be noted is not to be shown: the failure is the caller's."""
        if who.looking is None:
            return
        sight, now = (who.looking.access_id, path), self._doors.clock()
        noted_at = self._noted.get(sight)
        if noted_at is not None and now - noted_at < NOTED_EVERY:
            return
        await self._doors.db.writer.run(lambda tx: note(tx, caller_of(who), "access.saw", path, now=now))
        self._noted.keep(sight, now)
