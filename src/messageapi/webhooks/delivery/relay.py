"""From the outbox to deliveries: one for each event and endpoint that wants it, in one transaction with the mark that
says how far this has come.

On PostgreSQL an event may be committed after one with a higher number. What could not be seen is looked for again when
all transactions of that time have ended; what is known already is left out.
"""

from collections.abc import Sequence
from typing import NamedTuple

from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.web.doors import Keyring
from messageapi.webhooks.delivery import rows
from messageapi.webhooks.delivery.rows import Event, Mark
from messageapi.webhooks.endpoint import Endpoint, names

AT_ONCE = 200
DIRECT = frozenset({"webhook.test"})
"""Types that are made with their delivery, for one endpoint."""

Pair = tuple[Endpoint, Event]


class Relayed(NamedTuple):
    """Endpoints that have something new, and whether there are more events behind."""

    webhook_ids: frozenset[str]
    more: bool


async def relay(tx: Tx, keyring: Keyring, now: int) -> Relayed:
    """Hand on the next events."""
    floor = await rows.floor(tx)
    if floor is None:
        return Relayed(frozenset(), more=False)
    mark = _raised(await rows.mark(tx), floor)
    late: list[Event] = []
    settled = await rows.settled(tx, mark.horizon)
    if settled and mark.low < mark.checked:
        late = await rows.events(tx, mark.low, mark.checked, AT_ONCE)
    top = await rows.top(tx)
    fresh = await rows.events(tx, mark.high, top, AT_ONCE)
    touched = await _hand_on(tx, keyring, [*late, *fresh], now)
    high = fresh[-1].seq if len(fresh) == AT_ONCE else max(top, mark.high)
    moved = await _moved(tx, mark, late, high, settled=settled)
    if moved != mark:
        await rows.move(tx, moved)
    return Relayed(touched, more=AT_ONCE in (len(late), len(fresh)))


def _raised(mark: Mark, floor: int) -> Mark:
    """Nobody wants what was before `floor`."""
    return Mark(max(mark.low, floor), max(mark.high, floor), max(mark.checked, floor), mark.horizon)


async def _moved(tx: Tx, mark: Mark, late: Sequence[Event], high: int, *, settled: bool) -> Mark:
    if tx.dialect == "sqlite":
        return Mark(high, high, high, 0)
    if not settled or mark.low == high:
        return mark._replace(high=high)
    if len(late) == AT_ONCE:
        return mark._replace(low=late[-1].seq, high=high)
    return Mark(mark.checked, high, high, await rows.horizon(tx))


async def _hand_on(tx: Tx, keyring: Keyring, events: Sequence[Event], now: int) -> frozenset[str]:
    listening = await rows.listening(tx, {event.account_id for event in events}) if events else []
    pairs = [(endpoint, event) for event in events for endpoint in listening if wants(endpoint, event)]
    if not pairs:
        return frozenset()
    sealers = {each: await keyring.sealer(each, tx) for each in {event.account_id for _, event in pairs}}
    return await add(tx, pairs, sealers, now)


def wants(endpoint: Endpoint, event: Event) -> bool:
    """Events that belong to no number go to endpoints of any."""
    if event.account_id != endpoint.account_id or event.seq <= endpoint.after_seq or event.type in DIRECT:
        return False
    types, numbers = names(endpoint.events), names(endpoint.numbers)
    if types is not None and event.type not in types:
        return False
    return numbers is None or event.number_id is None or event.number_id in numbers


async def add(tx: Tx, pairs: Sequence[Pair], sealers: dict[str, Sealer], now: int) -> frozenset[str]:
    """Make deliveries of these, but for those there are. The endpoints are locked."""
    webhook_ids = {endpoint.id for endpoint, _ in pairs}
    known = await rows.known(tx, webhook_ids, {event.id for _, event in pairs})
    fresh = [(endpoint, event) for endpoint, event in pairs if (endpoint.id, event.id) not in known]
    lines = {event.id: line(sealers[event.account_id], event) for _, event in fresh}
    busy = await rows.busy(tx, webhook_ids, set(lines.values())) if fresh else set()
    made = []
    for endpoint, event in fresh:
        place = (endpoint.id, lines[event.id])
        made.append(_delivery(endpoint, event, lines[event.id], now, waits=place in busy))
        busy.add(place)
    await rows.add(tx, made)
    return frozenset(endpoint.id for endpoint, _ in fresh)


def line(sealer: Sealer, event: Event) -> int:
    """The same for all events of a chat, and nothing to anybody who does not have the account's key."""
    chat = f"{event.number_id or ''}\0{event.chat or ''}".encode()
    return int.from_bytes(sealer.mac(chat, "delivery line")[:8]) >> 1


def _delivery(endpoint: Endpoint, event: Event, in_line: int, now: int, *, waits: bool) -> rows.Values:
    return {
        "webhook_id": endpoint.id,
        "event_id": event.id,
        "account_id": event.account_id,
        "event_seq": event.seq,
        "type": event.type,
        "line": in_line,
        "state": "waiting" if waits else "ready",
        "attempts": 0,
        "due": now,
        "created_at": now,
        "expires_at": event.expires_at,
    }
