"""Inbound messages: metadata, a sealed body that expires, and the event; each message once, whatever is redelivered.

What the owner writes on the phone itself is received by nobody: it is stored as sent, where its number tells it.
"""

from collections.abc import Sequence

from messageapi.contacts.heard import Said, hear
from messageapi.contacts.person import PEOPLE, Person
from messageapi.engines.port import Inbound
from messageapi.messages import rows
from messageapi.messages.content.bodies import sealed_body
from messageapi.messages.inbound_media import automatic
from messageapi.messages.inbound_media.file import file_of
from messageapi.messages.received import ahead
from messageapi.messages.received import rows as received
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.messages.received.changes import changed
from messageapi.messages.received.naming import named
from messageapi.messages.received.own import wanted
from messageapi.messages.received.told import told
from messageapi.messages.removals import by_admin
from messageapi.store.db import Tx
from messageapi.vocab.content import Revoke, Vote

HOUR = 3_600_000
_WISHES = frozenset({"text", "button", "list"})
"""Types by which somebody can opt out."""


async def receive(tx: Tx, now: int, hours: int, arrivals: Sequence[Arrival]) -> list[str]:
    """Store what is new; the ids of messages that were stored, filled where only a stub was known, or changed."""
    fresh = await _fresh(tx, now, await wanted(tx, arrivals))
    if not fresh:
        return []
    gone = await ahead.overtaken(tx, fresh)
    whole = [each for each in fresh if each.id not in gone]
    await rows.store_bodies(tx, _bodies(whole, now + hours * HOUR))
    await automatic.note(tx, now, _files(whole))
    came = await changed(tx, await named(tx, fresh))
    await received.revoked(tx, gone)
    await ahead.keep(tx, now, came)
    await by_admin.note(tx, now, now + hours * HOUR, came)
    still = _not_taken_back_before(came, set(gone))
    await rows.announce(tx, [event for each in still if (event := told(each, now, hours)) is not None])
    await hear(tx, now, hours, [_said(each.arrival) for each in came if not each.arrival.own])
    return list(dict.fromkeys([each.id for each in came] + [each.about.id for each in came if each.about]))


def _not_taken_back_before(came: Sequence[Came], gone: set[str]) -> list[Came]:
    """Of those whose revoke overtook them, before or in the same batch, nothing more is said."""
    kept: list[Came] = []
    for each in came:
        if each.id not in gone:
            kept.append(each)
        if each.about is not None and each.holds and isinstance(each.arrival.changes, Revoke):
            gone.add(each.about.id)
    return kept


async def _fresh(tx: Tx, now: int, arrivals: Sequence[Arrival]) -> list[Came]:
    drafts = [(each.row(now), each) for each in arrivals]
    inserted = await rows.receive(tx, [values for values, _ in drafts])
    return [
        Came(message_id, arrival)
        for values, arrival in drafts
        if (message_id := await _stored(tx, inserted, values, arrival)) is not None
    ]


async def _stored(tx: Tx, inserted: set[str], values: rows.Values, arrival: Arrival) -> str | None:
    if values["id"] in inserted:
        return str(values["id"])
    return await rows.fill(tx, values) if isinstance(arrival.event, Inbound) and not arrival.own else None


def _said(arrival: Arrival) -> Said:
    """Opting out is a matter between two: what is said in a group is said to all."""
    chat = arrival.event.chat
    alone = chat.endswith(PEOPLE) and arrival.type in _WISHES
    return Said(
        person=Person(arrival.account_id, arrival.phone, arrival.lid),
        number_id=arrival.number_id,
        chat=chat,
        sealer=arrival.sealer,
        text=arrival.text if alone else None,
    )


def _files(fresh: Sequence[Came]) -> list[automatic.Came]:
    return [
        (each.id, each.arrival.account_id, each.arrival.number_id, media)
        for each in fresh
        if (media := file_of(each.arrival.letter)) is not None
    ]


def _bodies(fresh: Sequence[Came], expires_at: int) -> list[rows.Values]:
    """A revoke says nothing, and a vote is told once."""
    return [
        {
            "message_id": each.id,
            "account_id": each.arrival.account_id,
            "sealed": sealed_body(each.arrival.sealer, each.id, letter),
            "expires_at": expires_at,
        }
        for each in fresh
        if (letter := each.arrival.letter) is not None and not isinstance(letter.content, Revoke | Vote)
    ]
