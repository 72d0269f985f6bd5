"""Questions and answers, across accounts: for the operator, never for a caller."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from messageapi.store.tables import support_answers, support_requests
from messageapi.store.tx import AnyRow, Tx


async def add(tx: Tx, values: dict[str, Any]) -> None:
    await tx.execute(insert(support_requests), values)


async def one(tx: Tx, request_id: str) -> AnyRow | None:
    return await tx.row(select(support_requests).where(support_requests.c.id == request_id))


async def newest(tx: Tx, state: str | None, before: str | None, most: int) -> list[AnyRow]:
    """Ids grow with time."""
    statement = select(support_requests).order_by(support_requests.c.id.desc()).limit(most)
    if state is not None:
        statement = statement.where(support_requests.c.state == state)
    if before is not None:
        statement = statement.where(support_requests.c.id < before)
    return list(await tx.rows(statement))


async def answers_of(tx: Tx, request_id: str) -> list[AnyRow]:
    mine = select(support_answers).where(support_answers.c.request_id == request_id).order_by(support_answers.c.id)
    return list(await tx.rows(mine))


async def of_sender(tx: Tx, sender: bytes, but: str, most: int) -> list[str]:
    """Ids of the others."""
    mine = (
        select(support_requests.c.id)
        .where(support_requests.c.sender == sender, support_requests.c.id != but)
        .order_by(support_requests.c.created_at.desc(), support_requests.c.id.desc())
        .limit(most)
    )
    return [row.id for row in await tx.rows(mine)]


async def change(tx: Tx, request_id: str, state: str, now: int) -> bool:
    """False when there is no such request."""
    statement = update(support_requests).where(support_requests.c.id == request_id)
    return bool((await tx.execute(statement.values(state=state, changed_at=now))).rowcount)


async def add_answer(tx: Tx, values: dict[str, Any]) -> None:
    await tx.execute(insert(support_answers), values)


async def forget(tx: Tx, before: int, most: int) -> int:
    old = select(support_requests.c.id).where(support_requests.c.changed_at < before).limit(most)
    return int((await tx.execute(delete(support_requests).where(support_requests.c.id.in_(old)))).rowcount)
