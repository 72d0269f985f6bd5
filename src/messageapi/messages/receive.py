"""Inbound messages: metadata, a sealed body that expires, and the event; each message once, whatever is redelivered.

What the owner writes on the phone itself is not received by anybody and is left out.
"""

from collections.abc import Sequence

from messageapi.contacts.heard import Said, hear
from messageapi.contacts.person import PEOPLE, Person
from messageapi.engines.port import Inbound
from messageapi.messages import announce, rows
from messageapi.messages.arrival import Arrival
from messageapi.messages.bodies import sealed_body
from messageapi.store.db import Tx

HOUR = 3_600_000

Fresh = tuple[str, Arrival]
"""Message id and what arrived under it."""


async def receive(tx: Tx, now: int, hours: int, arrivals: Sequence[Arrival]) -> list[str]:
    """Store what is new; the ids of messages that were stored or, known only as a stub until now, filled."""
    drafts = [(each.row(now), each) for each in arrivals if not each.own]
    inserted = await rows.receive(tx, [values for values, _ in drafts])
    fresh = [
        (message_id, arrival)
        for values, arrival in drafts
        if (message_id := await _stored(tx, inserted, values, arrival)) is not None
    ]
    await rows.store_bodies(tx, _bodies(fresh, now + hours * HOUR))
    await rows.announce(tx, [announce.arrival(*each, now, hours) for each in fresh])
    await hear(tx, now, hours, [_said(arrival) for _, arrival in fresh])
    return [message_id for message_id, _ in fresh]


async def _stored(tx: Tx, inserted: set[str], values: rows.Values, arrival: Arrival) -> str | None:
    if values["id"] in inserted:
        return str(values["id"])
    return await rows.fill(tx, values) if isinstance(arrival.event, Inbound) else None


def _said(arrival: Arrival) -> Said:
    """Opting out is a matter between two: what is said in a group is said to all."""
    chat = arrival.event.chat
    alone = chat.endswith(PEOPLE) and arrival.type == "text"
    return Said(
        person=Person(arrival.account_id, arrival.phone, arrival.lid),
        number_id=arrival.number_id,
        chat=chat,
        sealer=arrival.sealer,
        text=arrival.text if alone else None,
    )


def _bodies(fresh: Sequence[Fresh], expires_at: int) -> list[rows.Values]:
    return [
        {
            "message_id": message_id,
            "account_id": arrival.account_id,
            "sealed": sealed_body(arrival.sealer, message_id, letter),
            "expires_at": expires_at,
        }
        for message_id, arrival in fresh
        if (letter := arrival.letter) is not None
    ]
