"""PostgreSQL: what is said when it cannot be used, how the writer lives through its restarts and deadlocks."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, text, update

from messageapi.store.db import Database, StoreError, Tx
from messageapi.store.tables import leases

pytestmark = pytest.mark.parametrize("any_url", ["postgresql"], indirect=True)
SECRET = "correct-horse"


def insert(*names: str) -> Callable[[Tx], Awaitable[None]]:
    async def work(tx: Tx) -> None:
        await tx.insert_many(leases, [{"name": name, "holder": "", "epoch": 0, "until": 1} for name in names])

    return work


async def refusal(url: str) -> StoreError:
    with pytest.raises(StoreError) as told:
        await Database.open(url)
    return told.value


async def test_a_server_that_is_not_there_is_named_without_its_password(any_url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        told = await refusal(f"postgresql://ann:{SECRET}@127.0.0.1:{free.getsockname()[1]}/shop")
    assert told.code == "unreachable"
    assert "127.0.0.1" in told.detail
    assert "shop" in told.detail
    assert SECRET not in str(told)


async def test_a_database_that_does_not_exist_is_named(any_url: str) -> None:
    told = await refusal(any_url.replace("/test_", "/nothing_"))
    assert told.code == "unreachable"
    assert "does not exist" in told.detail


@pytest.mark.parametrize("url", ["postgresql://h:port/x", "postgresql://h/x?sslmode=strange"])
async def test_a_malformed_url_is_explained(any_url: str, url: str) -> None:
    told = await refusal(url)
    assert told.code == "unreachable"
    assert "MESSAGEAPI_DATABASE_URL" in told.detail


async def test_writing_resumes_after_the_server_dropped_us(any_database: Database) -> None:
    any_database.writer.probe_every_s = 0.02

    async def drop_us(tx: Tx) -> None:
        await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreError) as told:
        await any_database.writer.run(drop_us)
    assert told.value.code == "unreachable"
    assert not told.value.permanent
    if any_database.writer._probing:
        await any_database.writer._probing
    await any_database.writer.run(insert("after"))
    await any_database.ping()


async def test_reading_survives_dropped_connections(any_database: Database) -> None:
    async def drop_others(tx: Tx) -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        await tx.execute(text(others + "pg_backend_pid()"))

    await any_database.ping()
    await any_database.writer.run(drop_others)
    await any_database.ping()


async def test_of_two_processes_in_a_deadlock_both_commit(any_url: str, any_database: Database) -> None:
    other = await Database.open(any_url)
    await any_database.writer.run(insert("a", "b"))
    both = asyncio.Barrier(2)

    def touch(first: str, second: str) -> Callable[[Tx], Awaitable[None]]:
        tries = 0

        async def work(tx: Tx) -> None:
            nonlocal tries
            tries += 1
            await tx.execute(update(leases).where(leases.c.name == first).values(epoch=leases.c.epoch + 1))
            if tries == 1:
                await both.wait()  # each holds its first row now
            await tx.execute(update(leases).where(leases.c.name == second).values(epoch=leases.c.epoch + 1))

        return work

    await asyncio.gather(any_database.writer.run(touch("a", "b")), other.writer.run(touch("b", "a")))
    async with other.reading() as tx:
        assert {row.name: row.epoch for row in await tx.rows(select(leases))} == {"a": 2, "b": 2}
    await other.close()


async def test_several_processes_write_the_same_database(any_url: str, any_database: Database) -> None:
    others = [await Database.open(any_url) for _ in range(3)]
    writers = [any_database, *others]
    await asyncio.gather(*(one.writer.run(insert(f"lease-{place}")) for place, one in enumerate(writers)))
    async with any_database.reading() as tx:
        assert len(await tx.rows(select(leases))) == 4
    for one in others:
        await one.close()
