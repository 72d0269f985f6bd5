"""Calls: told to the owner as they come, and turned away on request."""

from collections.abc import Sequence

from messageapi.chats.typing import DEADLINE_S
from messageapi.contacts.written import person
from messageapi.engines.port import CallEnded, CallOffered, RejectCall
from messageapi.numbers import find
from messageapi.numbers.asking.ask import ask
from messageapi.numbers.observe import Observed
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import iso
from messageapi.vocab.events_beside import CallOver, CallReceived
from messageapi.web.doors import Doors


async def reject(doors: Doors, caller: Caller, number_id: str, call_id: str, sender: str) -> None:
    """WhatsApp does not say whether it still rang. Raise Problem number_not_found, number_not_connected, recipient_...,
    whatsapp_no_answer.
    """
    await doors.db.read(lambda tx: find.one(tx, caller, number_id))
    to = await person(doors, caller, sender)
    named = sender if "@" in sender else to.jid  # as the call came: a call is not found under the other address
    await ask(doors, caller, number_id, lambda epoch: RejectCall(number_id, epoch, named, call_id), DEADLINE_S)


async def take_in(doors: Doors, tx: Tx, now: int, items: Sequence[Observed]) -> None:
    """Called by the inbox of a worker, in its transaction. Other events are passed over."""
    rows = []
    for number_id, account_id, event in items:
        if not isinstance(event, CallOffered | CallEnded):
            continue
        row = outbox_row(
            await doors.keyring.sealer(account_id, tx),
            account_id=account_id,
            number_id=number_id,
            chat=event.caller,
            type="call.received" if isinstance(event, CallOffered) else "call.ended",
            data=_received(event) if isinstance(event, CallOffered) else _over(event),
            now=now,
            hours=doors.settings.body_hours,
        )
        rows.append(row)
    if rows:
        await emit(tx, rows)


def _received(event: CallOffered) -> CallReceived:
    return CallReceived(
        call_id=event.call_id,
        at=iso(event.at),
        sender=event.caller,
        phone=event.phone or None,
        lid=event.lid or None,
        video=event.video,
        group=event.group,
        late=event.late,
    )


def _over(event: CallEnded) -> CallOver:
    return CallOver(
        call_id=event.call_id,
        at=iso(event.at),
        sender=event.caller,
        phone=event.phone or None,
        lid=event.lid or None,
        reason=event.reason,
    )
