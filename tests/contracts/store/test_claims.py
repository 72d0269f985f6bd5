"""Claims: a worker takes what is due, up to a limit, and never what another one took."""

import asyncio

import pytest
from sqlalchemy import select

from messageapi.store.claims import claim
from messageapi.store.db import Database, Tx
from messageapi.store.tables import leases

DUE = select(leases.c.name).where(leases.c.holder == "").order_by(leases.c.name)


@pytest.fixture
async def ten_due(any_database: Database) -> list[str]:
    names = [f"lease-{number}" for number in range(10)]

    async def work(tx: Tx) -> None:
        await tx.insert_many(leases, [{"name": name, "holder": "", "epoch": 0, "until": 1} for name in names])

    await any_database.writer.run(work)
    return names


async def take(database: Database, worker: str, limit: int) -> list[str]:
    async def work(tx: Tx) -> list[str]:
        taken = await tx.rows(claim(leases, DUE.limit(limit), holder=worker, epoch=leases.c.epoch + 1))
        assert {(row.holder, row.epoch) for row in taken} <= {(worker, 1)}
        return [row.name for row in taken]

    return await database.writer.run(work)


async def test_the_first_due_are_taken_up_to_the_limit(any_database: Database, ten_due: list[str]) -> None:
    assert sorted(await take(any_database, "one", 3)) == ten_due[:3]
    assert sorted(await take(any_database, "two", 3)) == ten_due[3:6]
    assert len(await take(any_database, "one", 99)) == 4
    assert await take(any_database, "two", 3) == []


@pytest.mark.parametrize("any_url", ["postgresql"], indirect=True)
async def test_workers_in_several_processes_never_take_the_same_row(any_url: str, ten_due: list[str]) -> None:
    workers = [await Database.open(any_url) for _ in range(4)]
    taken = await asyncio.gather(*(take(worker, f"worker-{place}", 3) for place, worker in enumerate(workers)))
    rest = await take(workers[0], "late", 99)
    for worker in workers:
        await worker.close()
    assert sorted([name for names in taken for name in names] + rest) == ten_due
