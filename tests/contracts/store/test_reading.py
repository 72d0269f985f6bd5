"""Readers: a snapshot that holds still, and no way to write."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from messageapi.store import postgres, sqlite
from messageapi.store.db import Database, StoreError, Tx
from messageapi.store.tables import leases

COUNT = select(func.count()).select_from(leases)
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def add_one(tx: Tx) -> None:
    held = await tx.scalar(COUNT)
    await tx.insert_many(leases, [{"name": f"lease-{held}", "holder": "me", "epoch": 1, "until": 1}])


async def test_a_reader_sees_one_moment(any_database: Database) -> None:
    async with any_database.reading() as tx:
        assert await tx.scalar(COUNT) == 0
        await any_database.writer.run(add_one)
        assert await tx.scalar(COUNT) == 0
    async with any_database.reading() as tx:
        assert await tx.scalar(COUNT) == 1


async def test_a_reader_cannot_write(any_database: Database) -> None:
    async with any_database.reading() as tx:
        with pytest.raises((DBAPIError, StoreError)):
            await tx.execute(insert(leases).values(name="a", holder="b", epoch=1, until=1))
    async with any_database.reading() as tx:
        assert await tx.scalar(COUNT) == 0


async def test_a_reader_has_nothing_to_do_after_a_commit(any_database: Database) -> None:
    async with any_database.reading() as tx:
        with pytest.raises(RuntimeError, match="commits nothing"):
            tx.after_commit(lambda: None)


async def test_an_error_of_the_reader_is_its_own(any_database: Database) -> None:
    with pytest.raises(ConnectionError):
        async with any_database.reading():
            raise ConnectionError("not the database's")
    await any_database.ping()


async def test_readers_wait_for_each_other_rather_than_fail(any_database: Database) -> None:
    async def read(depth: int) -> int:
        if depth == 0:
            return int(await database_count())
        async with any_database.reading():
            return await read(depth - 1)

    async def database_count() -> int:
        async with any_database.reading() as tx:
            return int(await tx.scalar(COUNT))

    assert await read(min(sqlite.READERS, postgres.READERS) - 1) == 0


async def test_readers_cancelled_at_any_moment_leave_the_pool_whole(any_database: Database) -> None:
    async def read() -> None:
        async with any_database.reading() as tx:
            await tx.scalar(COUNT)

    for turns in range(40):
        reading = asyncio.create_task(read())
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait({reading})
    await asyncio.gather(*(read() for _ in range(40)))


async def test_a_read_that_never_ends_is_ended(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "READ_DEADLINE_S", 0.05)
    with pytest.raises(StoreError) as told:
        async with database.reading() as tx:
            await tx.scalar(text(ENDLESS))
    assert told.value.code == "too_slow"
    await database.ping()
