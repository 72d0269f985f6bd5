"""The same change for many rows, on each kind of database."""

from sqlalchemy import bindparam, delete, select, update

from messageapi.store.db import Database, Tx
from messageapi.store.tables import leases

_PROLONG = (
    update(leases).where(leases.c.name == bindparam("which")).values(until=bindparam("at"), epoch=bindparam("at"))
)
_DROP = delete(leases).where(leases.c.name == bindparam("which"))


async def test_each_row_gets_its_own_values(any_database: Database) -> None:
    async def work(tx: Tx) -> dict[str, tuple[int, int]]:
        await tx.insert_many(leases, [{"name": name, "holder": "h", "epoch": 1, "until": 1} for name in "abc"])
        await tx.change_many(_PROLONG, [{"which": "a", "at": 7}, {"at": 9, "which": "b"}, {"which": "?", "at": 1}])
        await tx.change_many(_DROP, [{"which": "c"}])
        await tx.change_many(_DROP, [])
        return {row.name: (row.until, row.epoch) for row in await tx.rows(select(leases))}

    assert await any_database.writer.run(work) == {"a": (7, 7), "b": (9, 9)}
