"""Write a notice down, in the transaction of what it tells: it is sent when that is committed, and only then."""

import msgspec

from messageapi.bus.subjects import BELL_NOTICES
from messageapi.mail.port import is_address
from messageapi.notices import rows
from messageapi.notices.facts import Facts, Recipient, kind_of
from messageapi.store.tx import Tx
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

HOUR_MS = 3_600_000
KEPT_MS = 48 * HOUR_MS
"""For so long it is tried. Nobody wants to be told of something two days late."""


class Content(msgspec.Struct, frozen=True):
    """What is sealed of a notice."""

    to: Recipient
    facts: Facts


async def enqueue(tx: Tx, doors: Doors, to: Recipient, facts: Facts) -> str | None:
    """The notice's id; None when the address is none, which is no reason for the cause to fail."""
    if not is_address(to.email):
        return None
    now, notice_id = doors.clock(), new_id("ntc")
    content = msgspec.json.encode(Content(to, facts))
    await rows.insert_one(
        tx,
        {
            "id": notice_id,
            "account_id": to.account_id,
            "kind": kind_of(facts),
            "state": "waiting",
            "sealed": doors.vault.own.seal(content, notice_id),
            "attempts": 0,
            "due": now,
            "created_at": now,
            "expires_at": now + _kept_ms(facts),
        },
    )
    tx.after_commit(lambda: doors.bells.ring(BELL_NOTICES, notice_id))
    return notice_id


def _kept_ms(facts: Facts) -> int:
    """A link is not sent when it leads nowhere any more."""
    if hours := getattr(facts, "hours", 0):
        return min(int(hours) * HOUR_MS, KEPT_MS)
    minutes = getattr(facts, "minutes", 0)
    return int(minutes) * 60_000 if minutes else KEPT_MS


def opened(doors: Doors, notice_id: str, sealed: bytes) -> Content:
    """Raise SealError."""
    return msgspec.json.decode(doors.vault.own.open(sealed, notice_id), type=Content)
