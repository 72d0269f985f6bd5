"""The queue as those see it who would join it, and whose messages in it turn out to be for one person."""

from collections.abc import Collection, Sequence

from messageapi.contacts.person import PEOPLE
from messageapi.messages.queue import rows
from messageapi.messages.queue.entry import Waiting
from messageapi.store.db import Tx
from messageapi.vocab.phone import Recipient


async def how_many_wait(tx: Tx, number_ids: Collection[str]) -> dict[str, int]:
    """Messages of these numbers that wait to be handed over."""
    return await rows.lengths(tx, number_ids)


async def readdress(tx: Tx, number_id: str, chat: str, to: Recipient) -> None:
    """What waits or is under way to this chat is for the same person under another address."""
    await rows.readdress(tx, number_id, chat, to)


async def strangers(tx: Tx, recipients: Sequence[tuple[str, Recipient]]) -> set[int]:
    """Places of those persons to whom their number never delivered and who never wrote to it."""
    people = [
        Waiting(number_id, place, 0, None, to.jid, to.phone, to.lid)
        for place, (number_id, to) in enumerate(recipients)
        if to.jid.endswith(PEOPLE)
    ]
    known = await rows.known(tx, {each.number_id for each in people}, people)
    return {each.seq for each in people} - known
