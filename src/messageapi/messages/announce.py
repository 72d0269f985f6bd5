"""The public events of messages: what webhooks and streams tell. One place says which facts an event carries."""

from typing import TypedDict

import msgspec
from msgspec import UNSET

from messageapi.messages.following.row import Row, Step
from messageapi.store.outbox import outbox_row
from messageapi.store.vault import Sealer
from messageapi.vocab.clock import iso
from messageapi.vocab.events import MessageAccepted, MessageMoved, Why

Values = dict[str, object]

_NO_STATUS = frozenset({"resent", "stuck", "played"})
TOLD = _NO_STATUS | {"sent", "delivered", "read", "failed", "unconfirmed", "expired", "canceled"}
"""What is an event. That a message was accepted or received is told where it happens."""
_EXPLAINED = frozenset({"failed", "unconfirmed", "expired"})


class _About(TypedDict):
    """What an event is filed under."""

    account_id: str
    number_id: str
    chat: str


def steps(row: Row, sealer: Sealer, now: int, hours: int) -> list[Values]:
    """Outbox rows for everything that happened to the message in this transaction."""
    about = _About(account_id=row.account_id, number_id=row.number_id, chat=row.chat)
    return [
        outbox_row(sealer, **about, type=f"message.{step.status}", data=_facts(row, step), now=now, hours=hours)
        for step in row.steps
        if step.status in TOLD
    ]


def accepted(sealer: Sealer, message: Values, now: int, hours: int) -> Values:
    """`message` is the new row."""
    about = _About(
        account_id=str(message["account_id"]), number_id=str(message["number_id"]), chat=str(message["chat"])
    )
    phone, lid = message["peer_phone"], message["peer_lid"]
    facts = MessageAccepted(
        message_id=str(message["id"]),
        status=str(message["status"]),
        at=iso(now),
        type=str(message["type"]),
        chat=about["chat"],
        phone=None if phone is None else str(phone),
        lid=None if lid is None else str(lid),
        metadata=_metadata(message["custom"]),
    )
    return outbox_row(sealer, **about, type="message.accepted", data=facts, now=now, hours=hours)


def _facts(row: Row, step: Step) -> MessageMoved:
    return MessageMoved(
        message_id=row.id,
        wa_message_id=row.wa_id or row.earlier_wa_id,
        status=row.status if step.status in _NO_STATUS else step.status,
        at=iso(step.at),
        type=row.type,
        chat=row.chat,
        phone=row.peer_phone,
        lid=row.peer_lid,
        metadata=_metadata(row.custom),
        attempts=row.attempt,
        error=Why(row.error_code, row.error_detail) if step.status in _EXPLAINED else UNSET,
    )


def _metadata(custom: object) -> object:
    return msgspec.json.decode(custom) if isinstance(custom, str) else None
