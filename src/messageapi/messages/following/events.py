"""What engines report about messages, taken in for many numbers in one transaction. Called by the inbox of a worker."""

from collections.abc import Sequence

import msgspec

from messageapi.engines.port import EngineEvent, Inbound, NotSent, Receipt, Sent, Unconfirmed, Undecryptable
from messageapi.messages.following.ledger import Following, Ledger
from messageapi.messages.following.receipts import receipt
from messageapi.messages.following.settle import settle
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.receive import receive
from messageapi.messages.rows import WaKey
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer

_AS_USUAL = Following()


class News(msgspec.Struct, frozen=True):
    """Reports about one number, in order."""

    number_id: str
    account_id: str
    sealer: Sealer
    events: Sequence[EngineEvent]
    base_url: str = ""
    """What links in events begin with."""


async def apply(tx: Tx, now: int, hours: int, news: Sequence[News], following: Following = _AS_USUAL) -> list[str]:
    """Take in everything that is about messages; the ids of the messages that changed or came."""
    arrivals = [
        Arrival(each.number_id, each.account_id, event, each.sealer, each.base_url)
        for each in news
        for event in each.events
        if isinstance(event, Inbound | Undecryptable)
    ]
    moved = await _follow(tx, Ledger(now, hours, following), news)  # first: what came may be about what was sent
    return [*moved, *(await receive(tx, now, hours, arrivals) if arrivals else [])]


async def _follow(tx: Tx, ledger: Ledger, news: Sequence[News]) -> list[str]:
    reports = [
        (each.number_id, event)
        for each in news
        for event in each.events
        if isinstance(event, Sent | NotSent | Unconfirmed | Receipt)
    ]
    if not reports:
        return []
    await _load(tx, ledger, reports)
    for number_id, report in reports:
        if isinstance(report, Receipt):
            receipt(ledger, number_id, report)
        else:
            settle(ledger, number_id, report)
    moved = await ledger.write(tx, {each.account_id: each.sealer for each in news})
    return [row.id for row in moved]


async def _load(tx: Tx, ledger: Ledger, reports: Sequence[tuple[str, Sent | NotSent | Unconfirmed | Receipt]]) -> None:
    ids = {report.message_id: None for _, report in reports if not isinstance(report, Receipt)}
    named = {(number, wa): None for number, report in reports if isinstance(report, Receipt) for wa in report.wa_ids}
    sent: dict[WaKey, str] = {
        (number, report.wa_id): report.message_id
        for number, report in reports
        if isinstance(report, Sent | Unconfirmed) and report.wa_id
    }
    await ledger.load(tx, list(ids), list(named), sent)
