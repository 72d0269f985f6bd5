"""What the owner of a number writes on the phone itself or on another linked device."""

from collections.abc import Sequence

from messageapi.messages.received import rows
from messageapi.messages.received.arrival import Arrival
from messageapi.store.db import Tx


async def wanted(tx: Tx, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """All that others wrote; of the owner's own only where the number tells it, and what was not sent from here."""
    own = {each.number_id for each in arrivals if each.own}
    if not own:
        return list(arrivals)
    telling = {each.id for each in (await rows.ours(tx, own)).values() if each.own_messages}
    keys = {(each.number_id, each.event.wa_id) for each in arrivals if each.own and each.number_id in telling}
    known = await rows.known(tx, sorted(keys)) if keys else {}
    sent_here = {key for key, several in known.items() if any(each.ours and each.sender is None for each in several)}
    keys -= sent_here
    return [each for each in arrivals if not each.own or (each.number_id, each.event.wa_id) in keys]
