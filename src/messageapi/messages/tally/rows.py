"""Counts over the account's messages."""

from typing import NamedTuple

from sqlalchemy import func, literal_column

from messageapi.store.tables import messages
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller

QUARTER = 900_000
"""Milliseconds. Every time zone there is begins its days on one."""


class Counted(NamedTuple):
    """`quarter`: how many quarters of an hour since 1970."""

    quarter: int
    status: str
    messages: int


class Failing(NamedTuple):
    """Messages that ended with this code, the last of them at `latest`. `detail`: what one of them was told."""

    code: str
    messages: int
    latest: int
    detail: str | None


async def by_quarter(tx: Tx, caller: Caller, since: int) -> list[Counted]:
    quarter = messages.c.accepted_at / literal_column(str(QUARTER))
    quarter = func.floor(quarter) if tx.dialect == "postgresql" else quarter
    mine = tx.of(caller).select(messages, quarter.label("quarter"), messages.c.status, func.count())
    recent = mine.where(messages.c.seq > await _last_before(tx, caller, since))
    grouped = recent.where(messages.c.accepted_at >= since).group_by(literal_column("quarter"), messages.c.status)
    return [Counted(int(row[0]), row[1], row[2]) for row in await tx.rows(grouped)]


async def failing(tx: Tx, caller: Caller, since: int, most: int) -> list[Failing]:
    """The code with the most messages first."""
    count = func.count().label("messages")
    latest, detail = func.max(messages.c.accepted_at), func.max(messages.c.error_detail)
    mine = tx.of(caller).select(messages, messages.c.error_code, count, latest, detail)
    recent = mine.where(messages.c.seq > await _last_before(tx, caller, since), messages.c.accepted_at >= since)
    ended = recent.where(messages.c.status.in_(("failed", "expired", "unconfirmed")))
    grouped = ended.where(messages.c.error_code.is_not(None)).group_by(messages.c.error_code)
    return [Failing(*row) for row in await tx.rows(grouped.order_by(count.desc()).limit(most))]


async def any_sent(tx: Tx, caller: Caller) -> bool:
    mine = tx.of(caller).select(messages, messages.c.seq).where(messages.c.direction == "outbound").limit(1)
    return await tx.row(mine) is not None


async def _last_before(tx: Tx, caller: Caller, since: int) -> int:
    """The newest message that is too old: messages are numbered in the order in which they were accepted, and there is
    no index by time. So the cost grows with the messages that count, and not with all there ever were.
    """
    older = tx.of(caller).select(messages, messages.c.seq).where(messages.c.accepted_at < since)
    return int(await tx.scalar(older.order_by(messages.c.seq.desc()).limit(1)) or 0)
