"""Finding messages that nobody answered, each kind through a partial index. Across accounts: for a chore."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import BigInteger, bindparam, select, text, update

from messageapi.messages.rows import queued
from messageapi.numbers.states import WAITS
from messageapi.store.db import Tx
from messageapi.store.portions import portions
from messageapi.store.tables import bodies, messages, numbers


class Overdue(msgspec.Struct, frozen=True):
    """A message to look at, and whose it is."""

    id: str
    account_id: str
    number_id: str
    chat: str


_FOUND = (messages.c.id, messages.c.account_id, messages.c.number_id, messages.c.chat)
_BEFORE = bindparam("before", type_=BigInteger)
_MOST = bindparam("most", type_=BigInteger)

# Conditions are written out where SQLite has to see that they imply an index's own.
_RESENDABLE = (
    select(*_FOUND)
    .join_from(messages, numbers, numbers.c.id == messages.c.number_id)
    .where(
        text("messages.status = 'unconfirmed' AND messages.on_unconfirmed = 'resend' AND messages.resent_at IS NULL"),
        messages.c.unconfirmed_at <= _BEFORE,
        numbers.c.state.in_(sorted(WAITS)),
        select(bodies.c.message_id).where(bodies.c.message_id == messages.c.id).exists(),
    )
    .order_by(messages.c.unconfirmed_at)
    .limit(_MOST)
)

# Few are under way at each number, so no index of their own is kept for them.
_UNDER_WAY = (
    select(*_FOUND)
    .where(
        messages.c.number_id.in_(select(numbers.c.id)),
        *queued(messages.c, "sending"),
        messages.c.stuck_at.is_(None),
        messages.c.sending_at <= _BEFORE,
    )
    .limit(_MOST)
)

_SENT = (
    select(*_FOUND)
    .where(text("messages.status = 'sent' AND messages.stuck_at IS NULL"), messages.c.sent_at <= _BEFORE)
    .order_by(messages.c.sent_at)
    .limit(_MOST)
)

_NEVER_ANSWERED = (
    update(messages)
    .where(messages.c.id.in_(bindparam("some", expanding=True)), messages.c.status == "sent")
    .values(stuck_at=0)
)


async def resendable(tx: Tx, before: int, most: int) -> list[Overdue]:
    """Unconfirmed since then, to be sent again, and still with a body and a number that takes messages."""
    return [Overdue(*row) for row in await tx.rows(_RESENDABLE, {"before": before, "most": most})]


async def under_way(tx: Tx, before: int, most: int) -> list[Overdue]:
    """In an engine's hands since then, and not told to be stuck."""
    return [Overdue(*row) for row in await tx.rows(_UNDER_WAY, {"before": before, "most": most})]


async def sent(tx: Tx, before: int, most: int) -> list[Overdue]:
    """Taken by WhatsApp before then and by no phone since, and not told to be stuck."""
    return [Overdue(*row) for row in await tx.rows(_SENT, {"before": before, "most": most})]


async def expect_no_answer(tx: Tx, message_ids: Sequence[str]) -> None:
    """Phones say nothing about these, so they are never stuck and not looked at again."""
    for some in portions(message_ids):
        await tx.execute(_NEVER_ANSWERED, {"some": some})
