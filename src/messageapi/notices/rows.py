"""The queue of notices, across accounts: nothing here reaches a caller."""

from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, or_, select, update

from messageapi.store.tables import memberships, notices, people
from messageapi.store.tx import AnyRow, Tx

OWNERS = 20
"""Told of one account; more have none."""


class Claimed(msgspec.Struct, frozen=True):
    """A notice in hand. `attempts` counts this one, and so tells whether it is still ours when it ends."""

    id: str
    kind: str
    sealed: bytes | None
    attempts: int
    created_at: int
    expires_at: int


_COLUMNS = [notices.c[name] for name in Claimed.__struct_fields__]


async def insert_one(tx: Tx, values: dict[str, Any]) -> None:
    await tx.execute(insert(notices), values)


async def claim(tx: Tx, now: int, until: int, most: int) -> list[Claimed]:
    """Take what is due; it comes again at `until` should nobody say how it ended."""
    due = (
        select(notices.c.id)
        .where(notices.c.state == "waiting", notices.c.due <= now)
        .order_by(notices.c.due)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = [row.id for row in await tx.rows(due)]
    if not ids:
        return []
    taken = (
        update(notices)
        .where(notices.c.id.in_(ids))
        .values(attempts=notices.c.attempts + 1, due=until)
        .returning(*_COLUMNS)
    )
    return [Claimed(*row) for row in (await tx.execute(taken)).all()]


async def settle(tx: Tx, notice: Claimed, values: dict[str, Any]) -> bool:
    """False when somebody else has taken it meanwhile."""
    mine = (notices.c.id == notice.id, notices.c.state == "waiting", notices.c.attempts == notice.attempts)
    return bool((await tx.execute(update(notices).where(*mine).values(**values))).rowcount)


async def forget(tx: Tx, before: int, most: int) -> int:
    old = select(notices.c.id).where(notices.c.ended_at < before).limit(most)
    return int((await tx.execute(delete(notices).where(notices.c.id.in_(old)))).rowcount)


async def owners(tx: Tx, account_id: str) -> list[AnyRow]:
    """Of an account: `name, email, language` of those who have proved their email."""
    statement = (
        select(people.c.name, people.c.email, people.c.language)
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(memberships.c.account_id == account_id, memberships.c.role == "owner", people.c.verified_at.is_not(None))
        .order_by(people.c.id)
        .limit(OWNERS)
    )
    return list(await tx.rows(statement))


async def counted(tx: Tx, since: int) -> list[AnyRow]:
    """All that wait and those that ended since then, by state and error: `state, error, many, oldest`."""
    statement = (
        select(
            notices.c.state, notices.c.error, func.count().label("many"), func.min(notices.c.created_at).label("oldest")
        )
        .where(or_(notices.c.state == "waiting", notices.c.ended_at >= since))
        .group_by(notices.c.state, notices.c.error)
    )
    return list(await tx.rows(statement))
