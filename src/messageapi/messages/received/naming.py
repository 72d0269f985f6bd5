"""Finds what messages name, for a whole batch: earlier messages, and people. One that names nothing costs nothing."""

from collections.abc import Sequence

import msgspec

from messageapi.contacts.named import people
from messageapi.messages.content.contents import People, named_in
from messageapi.messages.received import rows
from messageapi.messages.received.about import Known, meant, target_of, writes
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.messages.rows import WaKey
from messageapi.store.db import Tx
from messageapi.vocab.content import Edit, Revoke, Target


async def named(tx: Tx, fresh: Sequence[Came]) -> list[Came]:
    """Each with the message it is about and the people in it."""
    targets = {each.id: target for each in fresh if (target := _target(each.arrival))}
    keys = {(each.arrival.number_id, targets[each.id].wa_id) for each in fresh if each.id in targets}
    known = await rows.known(tx, sorted(keys)) if keys else {}
    letters = [(each.arrival.account_id, each.arrival.letter) for each in fresh if each.arrival.letter]
    who = await people(tx, {(account, address) for account, letter in letters for address in named_in(letter)})
    return [_named(each, targets.get(each.id), known, who.get(each.arrival.account_id, {})) for each in fresh]


def _named(came: Came, target: Target | None, known: dict[WaKey, list[Known]], who: People) -> Came:
    arrival = came.arrival
    if target is None:
        return msgspec.structs.replace(came, people=who)
    near = known.get((arrival.number_id, target.wa_id), [])
    about = meant(arrival, target, near)
    holds = not isinstance(arrival.changes, Edit | Revoke) or _may_change(arrival, target, about, near)
    return msgspec.structs.replace(came, people=who, about=about, holds=holds)


def _may_change(arrival: Arrival, target: Target, about: Known | None, near: Sequence[Known]) -> bool:
    """Only who wrote a message edits it or takes it back. One that we do not know harms nobody here."""
    return writes(arrival, target) and (about is not None or not near)


def _target(arrival: Arrival) -> Target | None:
    return target_of(arrival.letter) if arrival.letter else None
