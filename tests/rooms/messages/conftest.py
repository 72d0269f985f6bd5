"""A message as the room holds it while events move it."""

from collections.abc import Callable
from typing import Any

import pytest

from messageapi.engines.port import Receipt
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.following.receipts import receipt
from messageapi.messages.following.row import TRACKED, Row
from messageapi.messages.following.settle import settle

ACCEPTED: dict[str, Any] = {"type": "text", "chat": "12025550123@s.whatsapp.net", "status": "accepted", "attempt": 1}


def _row(**values: Any) -> Row:
    known: dict[str, Any] = dict.fromkeys(TRACKED)
    return Row(**{**known, "seq": 1, "id": "m", "account_id": "a", "number_id": "n", **ACCEPTED, **values})


def _told(row: Row, *events: Any) -> Row:
    ledger = Ledger(1_000, 72)
    ledger.add([row])
    for event in events:
        (receipt if isinstance(event, Receipt) else settle)(ledger, "n", event)
    return row


@pytest.fixture(scope="session")
def new_row() -> Callable[..., Row]:
    """An accepted message, but for these values."""
    return _row


@pytest.fixture(scope="session")
def told() -> Callable[..., Row]:
    """`told(row, *events)`: the row after them."""
    return _told
