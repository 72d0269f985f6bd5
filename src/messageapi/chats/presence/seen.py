"""What engines report of people who are watched, as public events; what changes nothing is passed over."""

from collections.abc import Sequence

from messageapi.chats.presence import rows
from messageapi.chats.presence.watch import Watch
from messageapi.contacts.person import address_of
from messageapi.engines.port import PresenceSeen
from messageapi.numbers.observe import Observed
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.clock import iso
from messageapi.vocab.events_beside import PresenceUpdated
from messageapi.web.doors import Doors


async def take_in(doors: Doors, tx: Tx, now: int, items: Sequence[Observed]) -> None:
    """Called by the inbox of a worker, in its transaction."""
    mine = [(item.number_id, item.event) for item in items if isinstance(item.event, PresenceSeen)]
    if not mine:
        return
    wanted = {(number_id, each) for number_id, event in mine for each in _addresses(event)}
    known = {(watch.number_id, watch.address): watch for watch in await rows.named(tx, wanted)}
    events = []
    for number_id, event in mine:
        for watch in [each for each in known.values() if _is(each, number_id, event)]:
            after = watch.after(event, now)
            known[number_id, watch.address] = after
            if not after.same(watch):
                await rows.save(tx, after)
                events.append(await _row(doors, tx, after, now))
    if events:
        await emit(tx, events)


def _addresses(event: PresenceSeen) -> list[str]:
    return [each for each in (event.person, event.lid, address_of(event.phone) if event.phone else "") if each]


def _is(watch: Watch, number_id: str, event: PresenceSeen) -> bool:
    return watch.number_id == number_id and bool({watch.address, watch.lid} & set(_addresses(event)))


async def _row(doors: Doors, tx: Tx, watch: Watch, now: int) -> dict[str, object]:
    if watch.state is None:
        raise AssertionError("what was seen has a state")
    facts = PresenceUpdated(
        at=iso(watch.at),
        phone=watch.phone,
        lid=watch.lid,
        state=watch.state,
        chat=watch.chat,
        last_seen=iso(watch.last_seen),
    )
    return outbox_row(
        await doors.keyring.sealer(watch.account_id, tx),
        account_id=watch.account_id,
        number_id=watch.number_id,
        chat=watch.address,
        type="presence.updated",
        data=facts,
        now=now,
        hours=doors.settings.body_hours,
    )
