"""Invitations to an account: a link in a mail, for one address, which joins whoever opens it there."""

import msgspec

from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Invitation as InvitationLetter
from messageapi.notices.facts import Recipient
from messageapi.people import rows, throttle
from messageapi.people.letters import INVITATION, link
from messageapi.people.logins.session import Begun, SignedIn, begin, moved
from messageapi.people.membership import find
from messageapi.people.membership.joining import join_invited
from messageapi.people.membership.members import require_gives, valid_role
from messageapi.people.membership.roles import Role
from messageapi.people.person import Newcomer, SeenFrom, checked, row_of, valid_email
from messageapi.people.rows import Invited
from messageapi.people.token import hash_of, new_token
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

HOURS = 7 * 24
HOUR_MS = 3_600_000


class InvitationPage(msgspec.Struct, frozen=True):
    """What whoever opens the link is shown. `known`: there is a person with this email, who logs in and accepts."""

    account: str
    email: str
    role: str
    known: bool


async def invite(doors: Doors, caller: Caller, *, email: str, role: str) -> str:
    """The invitation's id. An older one to the same address is void."""
    email, now, token, invitation_id = valid_email(email), doors.clock(), new_token(), new_id("inv")
    valid_role(role)
    await doors.db.read(lambda tx: require_gives(tx, caller, role))
    await throttle.admit(doors, (throttle.INVITE_BY_ACCOUNT, caller.account_id), (throttle.MAIL_TO_EMAIL, email))
    values: dict[str, object] = {
        "id": invitation_id,
        "hash": hash_of(token),
        "email": email,
        "role": role,
        "invited_by": caller.person_id,
        "created_at": now,
        "expires_at": now + HOURS * HOUR_MS,
    }

    async def work(tx: Tx) -> None:
        await require_gives(tx, caller, role)
        if any(member.email == email for member in await find.members(tx, caller)):
            raise Problem(
                "member_already", 409, "This person belongs to the account already. Change their role instead."
            )
        await rows.revoke_invitations(tx, caller, email, now)
        await rows.insert_invitation(tx, caller, values)
        await note(tx, caller, "member.invited", invitation_id, {"email": email, "role": role}, now=now)
        await _write(tx, doors, caller, values, token)

    await doors.db.writer.run(work)
    return invitation_id


async def revoke_invitation(doors: Doors, caller: Caller, invitation_id: str) -> None:
    """Its link opens nothing any more."""

    async def work(tx: Tx) -> None:
        now = doors.clock()
        found = await find.invitation(tx, caller, invitation_id, now)
        await require_gives(tx, caller, found.role)
        await rows.revoke_invitations(tx, caller, found.email, now)
        await note(tx, caller, "member.invitation_revoked", invitation_id, {"email": found.email}, now=now)

    await doors.db.writer.run(work)


async def read_invitation(doors: Doors, token: str) -> InvitationPage:
    """Raise Problem link_invalid."""

    async def read(tx: Tx) -> InvitationPage:
        found = await _open(tx, token, doors.clock())
        known = await rows.by_email(tx, found.email) is not None
        return InvitationPage(found.account, found.email, found.role, known)

    return await doors.db.read(read)


async def accept_as_newcomer(doors: Doors, token: str, newcomer: Newcomer, *, seen_from: SeenFrom) -> Begun:
    """The email is the invitation's, whatever `newcomer` says: the mail proved it."""
    if doors.settings.sign_up == "closed":
        raise Problem("sign_up_closed", 403, "Nobody can sign up here. Ask the owner of the server.")
    found = await doors.db.read(lambda tx: _open(tx, token, doors.clock()))
    values = await checked(msgspec.structs.replace(newcomer, email=found.email))
    row = row_of(doors, {**values, "verified_at": doors.clock()})

    async def work(tx: Tx) -> Begun:
        person_id = await _added(tx, row)
        await _join(tx, doors, token, person_id)
        return await begin(tx, doors, person_id, found.account_id, seen_from=seen_from)

    return await doors.db.writer.run(work)


async def accept(doors: Doors, who: SignedIn, token: str) -> Begun:
    """Somebody who is logged in with the invited email; they go on in the account they were invited to."""

    async def work(tx: Tx) -> Begun:
        found = await _open(tx, token, doors.clock())
        if found.email != who.email:
            raise Problem("invitation_for_other", 403, "This invitation is for another email. Log in with that one.")
        await _join(tx, doors, token, who.person_id)
        return await moved(tx, doors, who, found.account_id)

    return await doors.db.writer.run(work)


async def _added(tx: Tx, row: dict[str, object]) -> str:
    """Somebody whose address was never proved, maybe by a stranger, is replaced by who proves it now."""
    known = await rows.by_email(tx, str(row["email"]))
    if known is None and await rows.insert_person(tx, row):
        return str(row["id"])
    if known is None or known.verified_at is not None:
        raise Problem("email_taken", 409, "You have a login with this email. Log in, and open the link again.")
    renewed = {name: row[name] for name in ("name", "password", "password_at", "time_zone", "language", "verified_at")}
    await rows.void_slips(tx, known.id)
    await rows.change(tx, known.id, **renewed)
    return known.id


async def _join(tx: Tx, doors: Doors, token: str, person_id: str) -> None:
    now = doors.clock()
    found = await _open(tx, token, now)
    await join_invited(tx, found, person_id, now)


async def _open(tx: Tx, token: str, now: int) -> Invited:
    found = await rows.invited(tx, hash_of(token), now)
    if found is None:
        raise Problem("link_invalid", 404, "This invitation was used, revoked or has expired. Ask for a new one.")
    return found


async def _write(tx: Tx, doors: Doors, caller: Caller, values: dict[str, object], token: str) -> None:
    inviter = await rows.person(tx, caller.person_id) if caller.person_id else None
    facts = InvitationLetter(
        inviter=inviter.name if inviter else "The operator",
        account=await rows.account_name(tx, caller),
        role=msgspec.convert(values["role"], Role),
        path=link(INVITATION, token),
        hours=HOURS,
    )
    await enqueue(tx, doors, Recipient(email=str(values["email"]), account_id=caller.account_id), facts)
