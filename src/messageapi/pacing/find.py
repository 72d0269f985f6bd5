"""Reading the paces of the account's numbers."""

from collections.abc import Collection

from messageapi.pacing import rows
from messageapi.pacing.turns import Pace
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller


async def paces(tx: Tx, caller: Caller, number_ids: Collection[str]) -> dict[str, Pace]:
    """By number; those of other accounts are left out."""
    found = await rows.load(tx, number_ids)
    return {number_id: pace for number_id, pace in found.items() if pace.account_id == caller.account_id}
