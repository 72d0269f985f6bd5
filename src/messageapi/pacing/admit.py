"""Whether one more message would have to wait for a budget, for senders who would rather be told at once."""

from collections.abc import Mapping, Sequence

import msgspec

from messageapi.pacing import rows
from messageapi.pacing.turns import refused_for_ms
from messageapi.store.db import Tx


class Applicant(msgspec.Struct, frozen=True):
    """A message that would join the queue of its number. `new`: as far as others know, to a new contact."""

    number_id: str
    address: str
    new: bool


async def waits(tx: Tx, applicants: Sequence[Applicant], waiting: Mapping[str, int], now: int) -> list[int]:
    """Milliseconds for each, 0 for those with room; in order, those before them included."""
    number_ids = {each.number_id for each in applicants}
    paces = await rows.load(tx, number_ids)
    met = await rows.met(tx, number_ids, {each.address for each in applicants if each.new})
    ahead = dict(waiting)
    answers = []
    for each in applicants:
        before = ahead.get(each.number_id, 0)
        new = each.new and (each.number_id, each.address) not in met
        late = refused_for_ms(paces[each.number_id], before, now, new=new)
        if not late:
            ahead[each.number_id] = before + 1
        answers.append(late)
    return answers
