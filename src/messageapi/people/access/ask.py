"""The operator asks an account to let them look. Its owners and admins hear of it by mail and in the panel."""

from messageapi.errors import Problem
from messageapi.notices.facts import AccessAsked
from messageapi.people import rows as people
from messageapi.people import throttle
from messageapi.people.access import rows
from messageapi.people.access.told import told
from messageapi.people.letters import ACCESS, letter
from messageapi.people.logins.session import SignedIn
from messageapi.people.membership import find
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

LONGEST = 500


async def ask(doors: Doors, who: SignedIn, account_id: str, *, reason: str) -> str:
    """The access's id. What was asked before and not answered is void."""
    if not who.operator:
        raise Problem("operator_only", 403, "Only an operator of this server may do this.")
    await doors.keyring.sealer(account_id)  # 404 for an account that does not exist
    reason = _valid_reason(reason)
    await throttle.admit(doors, (throttle.ASK_FOR_ACCESS, account_id))
    caller, access_id = Caller(account_id, None, frozenset(), person_id=who.person_id), new_id("acs")

    async def work(tx: Tx) -> None:
        now = doors.clock()
        if await rows.granted_to(tx, caller, who.person_id, now):
            raise Problem("access_exists", 409, "This account lets you look already. Look, or wait until it ends.")
        await rows.end_asked(tx, caller, who.person_id, now)
        values = {"id": access_id, "asked_by": who.person_id, "asked_name": who.name, "reason": reason, "asked_at": now}
        await rows.insert(tx, caller, {**values, "granted_at": None, "until": None, "ended_at": None})
        await told(tx, caller, who.person_id, "access.asked", {"reason": reason}, now)
        await _write(tx, doors, caller, who.name, reason)

    await doors.db.writer.run(work)
    return access_id


def _valid_reason(given: str) -> str:
    reason = " ".join(given.split())
    if not 1 <= len(reason) <= LONGEST or not reason.isprintable():
        raise Problem("reason_invalid", 422, f"Say in 1 to {LONGEST} characters what you want to look at, and why.")
    return reason


async def _write(tx: Tx, doors: Doors, caller: Caller, name: str, reason: str) -> None:
    facts = AccessAsked(operator=name, account=await people.account_name(tx, caller), reason=reason, path=ACCESS)
    for member in await find.members(tx, caller):
        person = await people.known_person(tx, member.person_id)
        if member.role != "viewer" and person.verified_at is not None:
            await letter(tx, doors, person, facts)
