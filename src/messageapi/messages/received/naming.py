"""Finds what messages name, for a whole batch: earlier messages, and people. One that names nothing costs nothing."""

from collections.abc import Sequence

import msgspec

from messageapi.contacts import memory
from messageapi.contacts import rows as contacts
from messageapi.messages.contents import People, named_in
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
    people = await _people(tx, fresh)
    return [_named(each, targets.get(each.id), known, people) for each in fresh]


def _named(came: Came, target: Target | None, known: dict[WaKey, list[Known]], people: People) -> Came:
    arrival = came.arrival
    if target is None:
        return msgspec.structs.replace(came, people=people)
    near = known.get((arrival.number_id, target.wa_id), [])
    about = meant(arrival, target, near)
    holds = not isinstance(arrival.changes, Edit | Revoke) or _may_change(arrival, target, about, near)
    return msgspec.structs.replace(came, people=people, about=about, holds=holds)


def _may_change(arrival: Arrival, target: Target, about: Known | None, near: Sequence[Known]) -> bool:
    """Only who wrote a message edits it or takes it back. One that we do not know harms nobody here."""
    return writes(arrival, target) and (about is not None or not near)


def _target(arrival: Arrival) -> Target | None:
    return target_of(arrival.letter) if arrival.letter else None


async def _people(tx: Tx, fresh: Sequence[Came]) -> People:
    """Of one account or of several: an address is the same person for all, and each is told what it knows itself."""
    wanted = {
        (each.arrival.account_id, address)
        for each in fresh
        if each.arrival.letter
        for address in named_in(each.arrival.letter)
    }
    found = {key[1]: one for key in wanted if (one := memory.get(*key)) is not None}
    missing = {key for key in wanted if key[1] not in found}
    for account_id in {account for account, _ in missing}:
        kept = await contacts.known(tx, [account_id], sorted(address for one, address in missing if one == account_id))
        found |= {each.address: each for each in kept}
    return found
