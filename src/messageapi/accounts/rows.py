"""Reads and writes of accounts that come before there is a caller."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.store.tables import accounts
from messageapi.store.tx import Tx


async def insert(tx: Tx, values: dict[str, object]) -> bool:
    """False when another account has this email."""
    dialect = sqlite if tx.dialect == "sqlite" else postgresql
    statement = dialect.insert(accounts).values(values).on_conflict_do_nothing().returning(accounts.c.id)
    return (await tx.execute(statement)).first() is not None


async def sealed_key(tx: Tx, account_id: str) -> bytes | None:
    found: bytes | None = await tx.scalar(select(accounts.c.sealed_key).where(accounts.c.id == account_id))
    return found
