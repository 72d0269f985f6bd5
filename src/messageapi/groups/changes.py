"""What engines report of groups, as public events. Called by the inbox of a worker, in its transaction."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType

from messageapi.engines.port import GroupChanged, GroupEntered, Somebody
from messageapi.numbers.observe import Observed
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.clock import iso
from messageapi.vocab.events_beside import GroupJoined, GroupUpdated, PersonFact
from messageapi.web.doors import Doors

T = TypeVar("T")


async def take_in(doors: Doors, tx: Tx, now: int, items: Sequence[Observed]) -> None:
    """Other events are passed over."""
    rows = []
    for number_id, account_id, event in items:
        if not isinstance(event, GroupChanged | GroupEntered):
            continue
        facts = _updated(event) if isinstance(event, GroupChanged) else _joined(event)
        row = outbox_row(
            await doors.keyring.sealer(account_id, tx),
            account_id=account_id,
            number_id=number_id,
            chat=facts.group,
            type="group.updated" if isinstance(event, GroupChanged) else "group.joined",
            data=facts,
            now=now,
            hours=doors.settings.body_hours,
        )
        rows.append(row)
    if rows:
        await emit(tx, rows)


def _updated(event: GroupChanged) -> GroupUpdated:
    return GroupUpdated(
        group=event.group,
        at=iso(event.at),
        by=person(event.by),
        subject=_or_unset(event.subject),
        description=_or_unset(event.description),
        only_admins_send=_or_unset(event.only_admins_send),
        only_admins_edit=_or_unset(event.only_admins_edit),
        disappearing_seconds=_or_unset(event.disappearing_s),
        joined=_people(event.joined),
        left=_people(event.left),
        promoted=_people(event.promoted),
        demoted=_people(event.demoted),
        reason=event.reason or UNSET,
        link_renewed=event.link_renewed or UNSET,
        deleted=event.deleted or UNSET,
        own=event.own,
    )


def _joined(event: GroupEntered) -> GroupJoined:
    group = event.group
    return GroupJoined(
        group=group.id,
        at=iso(event.at),
        by=person(event.by),
        subject=group.subject,
        size=group.size,
        role=group.role,
        reason=event.reason,
    )


def _or_unset(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


def _people(some: Sequence[Somebody]) -> list[PersonFact] | UnsetType:
    return [person(each) for each in some] or UNSET


def person(who: Somebody) -> PersonFact:
    return PersonFact(phone=who.phone or None, lid=who.lid or None)
