"""What a person does to their own login is noted in every account it opens."""

from messageapi.audit.note import Fact, note
from messageapi.people import rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import owner_of


async def trail(tx: Tx, person_id: str, action: str, facts: dict[str, Fact] | None = None, *, now: int) -> None:
    for mine in await rows.memberships_of(tx, person_id):
        await note(tx, owner_of(mine.account_id, person_id), action, person_id, facts, now=now)
