"""Reading who belongs to the caller's account."""

import msgspec

from messageapi.errors import Problem
from messageapi.people.rows import WAITING
from messageapi.store.tables import invitations, memberships, people
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


class Member(msgspec.Struct, frozen=True):
    """`since`: when they joined."""

    person_id: str
    name: str
    email: str
    role: str
    since: int


class Invitation(msgspec.Struct, frozen=True):
    """One that was neither accepted nor revoked."""

    id: str
    email: str
    role: str
    invited_by: str | None
    created_at: int
    expires_at: int


_INVITATION = [invitations.c[name] for name in Invitation.__struct_fields__]


async def members(tx: Tx, caller: Caller) -> list[Member]:
    """In the order in which they joined."""
    columns = (memberships.c.person_id, people.c.name, people.c.email, memberships.c.role, memberships.c.created_at)
    mine = tx.of(caller).select(memberships, *columns[:1], memberships.c.role)
    named = mine.join(people, people.c.id == memberships.c.person_id).with_only_columns(*columns)
    return [Member(*row) for row in await tx.rows(named.order_by(memberships.c.created_at, memberships.c.person_id))]


async def role_of(tx: Tx, caller: Caller) -> str | None:
    """Of the person who calls; the operator at the console counts as an owner, an API key has no role."""
    if caller.person_id is None:
        return "owner" if caller.key_id is None else None
    mine = tx.of(caller).select(memberships, memberships.c.role).where(memberships.c.person_id == caller.person_id)
    found: str | None = await tx.scalar(mine)
    return found


async def open_invitations(tx: Tx, caller: Caller, now: int) -> list[Invitation]:
    """Newest first."""
    mine = tx.of(caller).select(invitations, *_INVITATION).where(WAITING, invitations.c.expires_at > now)
    return [Invitation(*row) for row in await tx.rows(mine.order_by(invitations.c.id.desc()))]


async def invitation(tx: Tx, caller: Caller, invitation_id: str, now: int) -> Invitation:
    """Raise Problem invitation_not_found, for another account's as well."""
    found = [each for each in await open_invitations(tx, caller, now) if each.id == invitation_id]
    if not found:
        raise Problem("invitation_not_found", 404, "This invitation is not open any more. Look at the list again.")
    return found[0]
