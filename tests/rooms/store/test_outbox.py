"""The outbox row: a public envelope, sealed about its own id, with an expiry."""

import json

from messageapi.store.outbox import outbox_payload, outbox_row
from messageapi.store.tables import outbox
from messageapi.store.vault import Sealer
from messageapi.vocab.events import MessageAccepted

SEALER = Sealer("acc_alice", bytes(32))
FACTS = MessageAccepted(message_id="m-1", status="accepted", at=None, type="canary", chat="c", phone=None, lid=None)
NOON = 1_795_348_800_000


def row() -> dict[str, object]:
    return outbox_row(
        SEALER,
        account_id="acc_alice",
        number_id="num_1",
        chat="4915112345678@s.whatsapp.net",
        type="message.accepted",
        data=MessageAccepted(
            message_id="m-1", status="accepted", at=None, type="canary", chat="c", phone=None, lid=None
        ),
        now=NOON,
        hours=72,
    )


def test_the_payload_is_the_finished_public_envelope() -> None:
    made = row()
    assert isinstance(made["sealed"], bytes)
    assert b"canary" not in made["sealed"]
    assert json.loads(outbox_payload(SEALER, str(made["id"]), made["sealed"])) == {
        "id": made["id"],
        "type": "message.accepted",
        "createdAt": "2026-11-22T12:00:00.000Z",
        "account": "acc_alice",
        "number": "num_1",
        "data": {
            "messageId": "m-1",
            "status": "accepted",
            "at": None,
            "type": "canary",
            "chat": "c",
            "phone": None,
            "lid": None,
            "metadata": None,
        },
    }


def test_it_fills_every_column_but_the_sequence() -> None:
    assert row().keys() == {column.name for column in outbox.columns} - {"seq"}


def test_it_expires_after_its_hours_and_every_event_has_its_own_id() -> None:
    first, second = row(), row()
    assert first["expires_at"] == NOON + 72 * 3_600_000
    assert first["id"] != second["id"]
    assert str(first["id"]).startswith("evt_")
