"""Rows of the audit log: written once, dropped when they are old."""

from sqlalchemy import delete

from messageapi.store.tables import audit
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def insert(tx: Tx, caller: Caller, values: dict[str, object]) -> None:
    await tx.execute(tx.of(caller).insert(audit, **values))


async def drop_before(tx: Tx, at: int) -> None:
    await tx.execute(delete(audit).where(audit.c.at < at))
