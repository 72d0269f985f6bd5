"""Accounts as the operator sees them: all of them, which no caller may."""

import msgspec
from sqlalchemy import select

from messageapi.store.tables import accounts
from messageapi.store.tx import Tx

MOST = 1_000


class Account(msgspec.Struct, frozen=True):
    """An account without its key."""

    id: str
    name: str
    email: str
    created_at: int


async def every_account(tx: Tx) -> list[Account]:
    """Oldest first: ids grow with time."""
    columns = [accounts.c[name] for name in Account.__struct_fields__]
    return [Account(*row) for row in await tx.rows(select(*columns).order_by(accounts.c.id).limit(MOST))]
