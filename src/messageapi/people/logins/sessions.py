"""A person's sessions: which there are, and an end to any of them."""

import msgspec

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.people import rows
from messageapi.people.caller import caller_of
from messageapi.people.logins.session import HOUR, Begun, SignedIn, moved
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors


class Session(msgspec.Struct, frozen=True):
    """`current`: the one that asks."""

    id: str
    address: str
    agent: str
    created_at: int
    seen_at: int
    current: bool


async def sessions_of(doors: Doors, who: SignedIn) -> list[Session]:
    """Those that are open, the last seen first."""
    now = doors.clock()
    idle = doors.settings.login_idle_hours * HOUR
    found = await doors.db.read(lambda tx: rows.logins_of(tx, who.person_id, now, now - idle))
    return [
        Session(row.id, row.address, row.agent, row.created_at, row.seen_at, row.id == who.session_id) for row in found
    ]


async def end_session(doors: Doors, who: SignedIn, session_id: str) -> None:
    """Raise Problem session_not_found, for another person's as well."""

    async def work(tx: Tx) -> None:
        if not await rows.end_own_login(tx, who.person_id, session_id):
            raise Problem("session_not_found", 404, "This session has ended already. Look at the list again.")
        await note(tx, caller_of(who), "session.ended", session_id, now=doors.clock())

    await doors.db.writer.run(work)


async def end_other_sessions(doors: Doors, who: SignedIn) -> int:
    """How many there were."""

    async def work(tx: Tx) -> int:
        ended = await rows.end_logins(tx, who.person_id, but=who.session_id)
        await note(tx, caller_of(who), "session.others_ended", who.session_id, {"count": ended}, now=doors.clock())
        return ended

    return await doors.db.writer.run(work)


async def accounts_of(doors: Doors, who: SignedIn) -> list[rows.Membership]:
    """Where this person may go on."""
    return await doors.db.read(lambda tx: rows.memberships_of(tx, who.person_id))


async def switch_account(doors: Doors, who: SignedIn, account_id: str) -> Begun:
    """Go on in another account of theirs: this session gets a new token."""

    async def work(tx: Tx) -> Begun:
        if account_id not in [mine.account_id for mine in await rows.memberships_of(tx, who.person_id)]:
            raise Problem("account_not_yours", 404, "You do not belong to this account. Choose one of yours.")
        return await moved(tx, doors, who, account_id)

    return await doors.db.writer.run(work)
