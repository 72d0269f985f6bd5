"""What is done about an access is noted on both sides: in the account, and in those of the operator."""

from messageapi.audit.note import Fact, note
from messageapi.people import rows
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def told(tx: Tx, caller: Caller, operator_id: str, action: str, facts: dict[str, Fact], now: int) -> None:
    """`caller`: who does it, in the account that is looked at."""
    await note(tx, caller, action, operator_id, facts, now=now)
    account = await rows.account_name(tx, caller)
    for theirs in await rows.memberships_of(tx, operator_id):
        if theirs.account_id != caller.account_id:
            there = Caller(theirs.account_id, None, frozenset(), person_id=caller.person_id)
            await note(tx, there, action, caller.account_id, {**facts, "account": account}, now=now)
