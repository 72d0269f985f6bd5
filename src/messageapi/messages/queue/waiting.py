"""Questions about the queue for those who would join it."""

from collections.abc import Collection, Sequence

from messageapi.contacts.person import PEOPLE
from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Waiting
from messageapi.store.db import Tx
from messageapi.vocab.phone import Recipient


async def how_many_wait(tx: Tx, number_ids: Collection[str]) -> dict[str, int]:
    """Messages of these numbers that wait to be handed over."""
    return await rows.lengths(tx, number_ids)


async def strangers(tx: Tx, recipients: Sequence[tuple[str, Recipient]]) -> set[int]:
    """Places of those persons to whom their number never delivered and who never wrote to it."""
    people = [
        Waiting(number_id, place, 0, None, to.jid, to.phone, to.lid)
        for place, (number_id, to) in enumerate(recipients)
        if to.jid.endswith(PEOPLE)
    ]
    known = await rows.known(tx, {each.number_id for each in people}, people)
    return {each.seq for each in people} - known
