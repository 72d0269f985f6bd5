"""Messages under way of which it is not known whether an engine host has them, and those whose number is gone."""

from collections.abc import Sequence

import msgspec

from messageapi.messages import rows
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.queue.entry import Standing
from messageapi.numbers.states import State
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer

GRACE_MS = 15_000
"""How long after a number was unlinked its host may still report what became of messages under way."""
AT_ONCE = 500

UNLINKED: frozenset[State] = frozenset({"created", "logged_out"})

NUMBER_UNLINKED = "The number was unlinked before this message was sent. Link it again, then send the message again."
OUTCOME_LOST = (
    "What became of this message was lost with the number's session. It may or may not have arrived, "
    "and it is not sent again by itself."
)


class Back(msgspec.Struct, frozen=True):
    """A message that certainly was not handed over: it waits again in its old place."""

    message_id: str
    attempt: int


async def release(tx: Tx, backs: Sequence[Back]) -> list[Exception | None]:
    """A batch for Writer.join_many."""
    await rows.release(tx, [(back.message_id, back.attempt) for back in backs])
    return [None] * len(backs)


class Lost(msgspec.Struct, frozen=True):
    """A number of which something will never be sent or reported. `waiting`: what waits ends, the number was unlinked.

    What was handed over before `flown_before` went into a session that is gone.
    """

    number_id: str
    sealer: Sealer
    waiting: bool
    flown_before: int
    now: int
    hours: int


def lost(standing: Standing, sealer: Sealer, now: int, hours: int) -> Lost | None:
    """What of this number has to be given up now; None while somebody may still send or report all of it."""
    unlinked = standing.state in UNLINKED
    before = standing.journal_since or 0
    if unlinked and now - standing.state_since >= GRACE_MS:
        before = now
    if not unlinked and not before:
        return None
    return Lost(standing.number_id, sealer, unlinked, before, now, hours)


async def abandon(tx: Tx, lost: Lost) -> list[str]:
    """End up to AT_ONCE messages of each kind: what waits fails, what was handed over is unconfirmed."""
    ledger = Ledger(lost.now, lost.hours)
    waiting = await rows.lock_waiting(tx, lost.number_id, "accepted", AT_ONCE) if lost.waiting else []
    flown = await rows.lock_waiting(tx, lost.number_id, "sending", AT_ONCE, lost.flown_before)
    ledger.add([*waiting, *flown])
    for row in waiting:
        row.fail("failed", "number_unlinked", NUMBER_UNLINKED, lost.now)
    for row in flown:
        row.fail("unconfirmed", "outcome_lost", OUTCOME_LOST, lost.now)
    moved = await ledger.write(tx, {row.account_id: lost.sealer for row in ledger.by_id.values()})
    return [row.id for row in moved]
