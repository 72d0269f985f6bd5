"""Roles of members, and their leaving. An account always keeps an owner."""

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.people import rows
from messageapi.people.membership import find
from messageapi.people.membership.roles import ROLES, may_give
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def change_role(doors: Doors, caller: Caller, person_id: str, role: str) -> None:
    """Their sessions in this account end, and invitations they sent are void: what they may do has changed."""
    valid_role(role)

    async def work(tx: Tx) -> None:
        member = await _member(tx, caller, person_id)
        if member.role == role:
            return
        await require_gives(tx, caller, role, member.role)
        if member.role == "owner":
            await _require_another_owner(tx, caller)
        await rows.change_membership(tx, caller, person_id, role)
        await rows.end_logins_in(tx, caller, person_id)
        await rows.revoke_invitations_by(tx, caller, person_id, doors.clock())
        facts = {"email": member.email, "from": member.role, "to": role}
        await note(tx, caller, "member.role_changed", person_id, {**facts}, now=doors.clock())

    await doors.db.writer.run(work)


async def remove_member(doors: Doors, caller: Caller, person_id: str) -> None:
    """Or leave: everybody may remove themselves, but for the last owner. Invitations they sent are void."""

    async def work(tx: Tx) -> None:
        member = await _member(tx, caller, person_id)
        if person_id != caller.person_id:
            await require_gives(tx, caller, member.role)
        if member.role == "owner":
            await _require_another_owner(tx, caller)
        await rows.delete_membership(tx, caller, person_id)
        await rows.end_logins_in(tx, caller, person_id)
        await rows.revoke_invitations_by(tx, caller, person_id, doors.clock())
        await note(tx, caller, "member.removed", person_id, {"email": member.email}, now=doors.clock())

    await doors.db.writer.run(work)


async def require_gives(tx: Tx, caller: Caller, *given: str) -> None:
    """Raise Problem role_exceeded unless the caller may give, and take, these roles."""
    mine = await find.role_of(tx, caller)
    if mine is None or not all(may_give(mine, role) for role in given):
        raise Problem("role_exceeded", 403, "Your role does not allow this. Ask an owner of the account to do it.")


def valid_role(role: str) -> None:
    if role not in ROLES:
        raise Problem("role_invalid", 422, f"There is no such role. Choose of: {', '.join(ROLES)}.")


async def _member(tx: Tx, caller: Caller, person_id: str) -> find.Member:
    await rows.lock_memberships(tx, caller)
    for member in await find.members(tx, caller):
        if member.person_id == person_id:
            return member
    raise Problem("member_not_found", 404, "Nobody of this account has this id. Look at the list of members.")


async def _require_another_owner(tx: Tx, caller: Caller) -> None:
    if sum(member.role == "owner" for member in await find.members(tx, caller)) < 2:
        raise Problem("last_owner", 409, "This is the account's only owner. Make somebody else an owner first.")
