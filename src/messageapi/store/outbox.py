"""The outbox row: a finished public event, sealed, to be inserted in the transaction of the change it tells of."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import text

from messageapi.store.tables import outbox
from messageapi.store.tx import Tx
from messageapi.store.vault import Sealer
from messageapi.vocab.clock import iso
from messageapi.vocab.events import Facts, check
from messageapi.vocab.ids import new_id

HOUR_MS = 3_600_000
_TAKE_PART = text("SELECT pg_current_xact_id()")
_encode = msgspec.json.Encoder().encode


class Event(TypedDict):
    """`hours`: how long its payload is kept. `chat`: events of one chat keep their order."""

    account_id: str
    number_id: str | None
    chat: str | None
    type: str
    data: Facts
    now: int
    hours: int


def outbox_row(sealer: Sealer, **event: Unpack[Event]) -> dict[str, object]:
    """For `emit`. The payload is sealed about the event's id."""
    check(event["type"], event["data"])
    event_id = new_id("evt")
    envelope = {
        "id": event_id,
        "type": event["type"],
        "createdAt": iso(event["now"]),
        "account": event["account_id"],
        "number": event["number_id"],
        "data": event["data"],
    }
    return {
        "id": event_id,
        "account_id": event["account_id"],
        "number_id": event["number_id"],
        "chat": event["chat"],
        "type": event["type"],
        "sealed": sealer.seal(_encode(envelope), event_id),
        "created_at": event["now"],
        "expires_at": event["now"] + event["hours"] * HOUR_MS,
    }


async def emit(tx: Tx, rows: Sequence[Mapping[str, object]]) -> None:
    """Once they are committed, whoever waits for events of these accounts is told.

    On PostgreSQL a sequence may give a number before its transaction can be seen; who follows the numbers would take
    the event behind it for the next one and never come back. So the transaction shows itself first.
    """
    if tx.dialect == "postgresql":
        await tx.execute(_TAKE_PART)
    await tx.insert_many(outbox, rows)
    tx.emitted.update(str(row["account_id"]) for row in rows)


def outbox_payload(sealer: Sealer, event_id: str, sealed: bytes) -> bytes:
    """The envelope as JSON, byte for byte as it was written: that is what gets signed and posted."""
    return sealer.open(sealed, event_id)
