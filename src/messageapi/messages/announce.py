"""The public events of messages: what webhooks and streams tell. One place says which facts an event carries."""

from typing import NamedTuple

import msgspec

from messageapi.engines.port import Inbound
from messageapi.messages.arrival import Arrival
from messageapi.messages.row import Row, Step
from messageapi.store.outbox import outbox_row
from messageapi.store.vault import Sealer
from messageapi.vocab.clock import iso

Values = dict[str, object]

TOLD = frozenset({"sent", "delivered", "read", "failed", "unconfirmed"})
"""Statuses whose reaching is an event. `accepted` and `received` are told where they happen."""


class _About(NamedTuple):
    """What an event is filed under."""

    account_id: str
    number_id: str
    chat: str


def steps(row: Row, sealer: Sealer, now: int, hours: int) -> list[Values]:
    """Outbox rows for everything that happened to the message in this transaction."""
    about = _About(row.account_id, row.number_id, row.chat)
    return [
        _event(sealer, about, f"message.{step.status}", _facts(row, step), now, hours)
        for step in row.steps
        if step.status in TOLD
    ]


def accepted(sealer: Sealer, message: Values, now: int, hours: int) -> Values:
    """`message` is the new row."""
    about = _About(str(message["account_id"]), str(message["number_id"]), str(message["chat"]))
    facts: Values = {
        "messageId": message["id"],
        "status": message["status"],
        "at": iso(now),
        "type": message["type"],
        "chat": message["chat"],
        "phone": message["peer_phone"],
        "lid": message["peer_lid"],
        "metadata": _metadata(message["custom"]),
    }
    return _event(sealer, about, "message.accepted", facts, now, hours)


def arrival(message_id: str, arrived: Arrival, now: int, hours: int) -> Values:
    """An inbound message, or that one came which could not be decrypted."""
    event = arrived.event
    facts: Values = {
        "messageId": message_id,
        "waMessageId": event.wa_id,
        "at": iso(event.at),
        "type": arrived.type,
        "chat": event.chat,
        "sender": arrived.sender,
        "phone": arrived.phone,
        "lid": arrived.lid,
    }
    if isinstance(event, Inbound):
        facts |= {"status": "received", "pushName": event.push_name, "text": event.text, "late": event.late}
    kind = "message.received" if isinstance(event, Inbound) else "message.undecryptable"
    about = _About(arrived.account_id, arrived.number_id, event.chat)
    return _event(arrived.sealer, about, kind, facts, now, hours)


def _event(sealer: Sealer, about: _About, kind: str, facts: Values, now: int, hours: int) -> Values:
    return outbox_row(
        sealer,
        account_id=about.account_id,
        number_id=about.number_id,
        chat=about.chat,
        type=kind,
        data=facts,
        now=now,
        hours=hours,
    )


def _facts(row: Row, step: Step) -> Values:
    facts: Values = {
        "messageId": row.id,
        "waMessageId": row.wa_id,
        "status": step.status,
        "at": iso(step.at),
        "type": row.type,
        "chat": row.chat,
        "phone": row.peer_phone,
        "lid": row.peer_lid,
        "metadata": _metadata(row.custom),
    }
    if step.status in ("failed", "unconfirmed"):
        facts["error"] = {"code": row.error_code, "detail": row.error_detail}
    return facts


def _metadata(custom: object) -> object:
    return msgspec.json.decode(custom) if isinstance(custom, str) else None
