"""The outbox row: a finished public event, sealed, to be inserted in the transaction of the change it tells of."""

import msgspec

from messageapi.store.vault import Sealer
from messageapi.vocab.clock import iso
from messageapi.vocab.ids import new_id

HOUR_MS = 3_600_000
_encode = msgspec.json.Encoder().encode


def outbox_row(  # noqa: PLR0913 - the columns of the row
    sealer: Sealer,
    *,
    account_id: str,
    number_id: str | None,
    chat: str | None,
    type: str,  # noqa: A002 - the field's name in the public envelope
    data: dict[str, object],
    now: int,
    hours: int,
) -> dict[str, object]:
    """For Tx.insert_many(outbox, rows). The event id is also what the payload is sealed about."""
    event_id = new_id("evt")
    envelope = {
        "id": event_id,
        "type": type,
        "createdAt": iso(now),
        "account": account_id,
        "number": number_id,
        "data": data,
    }
    return {
        "id": event_id,
        "account_id": account_id,
        "number_id": number_id,
        "chat": chat,
        "type": type,
        "sealed": sealer.seal(_encode(envelope), event_id),
        "created_at": now,
        "expires_at": now + hours * HOUR_MS,
    }


def outbox_payload(sealer: Sealer, event_id: str, sealed: bytes) -> bytes:
    """The envelope as JSON, byte for byte as it was written: that is what gets signed and posted."""
    return sealer.open(sealed, event_id)
