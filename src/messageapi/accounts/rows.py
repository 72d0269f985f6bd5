"""Rows of accounts, most of them reached before there is a caller."""

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite

from messageapi.store.tables import accounts
from messageapi.store.tx import Tx
from messageapi.vocab.caller import Caller


async def insert(tx: Tx, values: dict[str, object]) -> bool:
    """False when another account has this email."""
    dialect = sqlite if tx.dialect == "sqlite" else postgresql
    statement = dialect.insert(accounts).values(values).on_conflict_do_nothing().returning(accounts.c.id)
    return (await tx.execute(statement)).first() is not None


async def sealed_key(tx: Tx, account_id: str) -> bytes | None:
    found: bytes | None = await tx.scalar(select(accounts.c.sealed_key).where(accounts.c.id == account_id))
    return found


async def contact(tx: Tx, account_id: str) -> tuple[str, str] | None:
    row = await tx.row(select(accounts.c.name, accounts.c.email).where(accounts.c.id == account_id))
    return (row.name, row.email) if row else None


async def follow_email(tx: Tx, caller: Caller, old: str, new: str) -> None:
    """Nothing happens where another account has the new one."""
    taken = exists().where(accounts.alias("others").c.email == new)
    await tx.execute(tx.of(caller).update(accounts).where(accounts.c.email == old, ~taken).values(email=new))
