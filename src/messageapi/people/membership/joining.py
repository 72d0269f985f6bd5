"""The moment in which somebody who was invited becomes a member."""

from messageapi.audit.note import Fact, note
from messageapi.people import rows
from messageapi.people.rows import Invited
from messageapi.store.tx import Tx
from messageapi.vocab.caller import owner_of


async def join_invited(tx: Tx, invitation: Invited, person_id: str, now: int) -> None:
    """The invitation is used up."""
    await rows.accept_invitation(tx, invitation.id, now)
    await rows.join(tx, invitation.account_id, person_id, invitation.role, now)
    facts: dict[str, Fact] = {"email": invitation.email, "role": invitation.role}
    await note(tx, owner_of(invitation.account_id, person_id), "member.joined", person_id, facts, now=now)
