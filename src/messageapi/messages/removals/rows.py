"""Removals that wait to be proved, across accounts."""

from collections.abc import Sequence
from typing import NamedTuple

from messageapi.store.db import Tx
from messageapi.store.due import DueRows
from messageapi.store.tables import removals

Values = dict[str, object]


class Kept(NamedTuple):
    """As it lies there."""

    message_id: str
    account_id: str
    number_id: str
    sealed: bytes
    ends_at: int
    tries: int


waiting = DueRows(removals, Kept, Kept._fields)


async def keep(tx: Tx, kept: Sequence[Values]) -> None:
    await tx.insert_many(removals, kept)
