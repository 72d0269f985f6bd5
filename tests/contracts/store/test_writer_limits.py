"""What the writer refuses, what it survives, and how it ends."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

import pytest
from sqlalchemy import event, select, text

from messageapi.store.db import Database, StoreError, Tx
from messageapi.store.tables import leases

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def insert(name: str) -> Callable[[Tx], Awaitable[str]]:
    async def work(tx: Tx) -> str:
        await tx.insert_many(leases, [{"name": name, "holder": "me", "epoch": 1, "until": 1}])
        return name

    return work


async def names(database: Database) -> set[str]:
    async with database.reading() as tx:
        return {row.name for row in await tx.rows(select(leases.c.name))}


class Held(Protocol):
    """As in conftest.py."""

    task: asyncio.Task[None]

    async def begin(self) -> "Held": ...
    async def release(self) -> None: ...


Hold = Callable[..., Held]


async def test_a_full_queue_refuses_and_does_nothing(any_database: Database, hold: Hold) -> None:
    any_database.writer.queue_limit = 3
    held = await hold(any_database).begin()
    waiting = [asyncio.create_task(any_database.writer.run(insert(f"taken-{number}"))) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(StoreError) as refused:
        await any_database.writer.run(insert("refused"))
    await held.release()
    await asyncio.gather(*waiting)
    assert refused.value.code == "overloaded"
    assert not refused.value.permanent
    assert await names(any_database) == {"taken-0", "taken-1", "taken-2"}
    assert await any_database.writer.run(insert("later")) == "later"


async def test_a_caller_cancelled_before_its_work_began_leaves_no_trace(any_database: Database, hold: Hold) -> None:
    held = await hold(any_database).begin()
    gone = asyncio.create_task(any_database.writer.run(insert("gone")))
    stays = asyncio.create_task(any_database.writer.run(insert("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    await held.release()
    assert await stays == "stays"
    assert await names(any_database) == {"stays"}


async def test_a_caller_cancelled_during_its_work_does_not_disturb_the_group(
    any_database: Database, hold: Hold
) -> None:
    held = hold(any_database, insert("first half"), insert("second half"))
    neighbour = asyncio.create_task(any_database.writer.run(insert("neighbour")))
    await held.begin()
    held.task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await held.release()
    assert await neighbour == "neighbour"
    assert held.task.cancelled()
    assert await names(any_database) == {"first half", "second half", "neighbour"}


async def test_work_that_cancels_itself_fails_alone(any_database: Database) -> None:
    async def strange(_: Tx) -> None:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="cancelled itself"):
        await any_database.writer.run(strange)
    assert await any_database.writer.run(insert("next")) == "next"


async def test_work_past_its_deadline_is_rolled_back_and_its_neighbours_commit(
    any_database: Database, hold: Hold
) -> None:
    any_database.writer.work_deadline_s = 0.3

    async def stuck(tx: Tx) -> None:
        await insert("stuck")(tx)
        await tx.scalar(text(ENDLESS))

    held = await hold(any_database).begin()
    late = asyncio.create_task(any_database.writer.run(stuck))
    neighbour = asyncio.create_task(any_database.writer.run(insert("neighbour")))
    await asyncio.sleep(0)
    await held.release()
    with pytest.raises(StoreError) as failed:
        await late
    assert failed.value.code == "too_slow"
    assert await neighbour == "neighbour"
    assert await names(any_database) == {"neighbour"}


async def test_a_statement_that_never_ends_is_interrupted(any_database: Database) -> None:
    any_database.writer.work_deadline_s = 0.3

    async def endless(tx: Tx) -> None:
        await insert("endless")(tx)
        await tx.scalar(text(ENDLESS))

    with pytest.raises(StoreError) as failed:
        await any_database.writer.run(endless)
    assert failed.value.code == "too_slow"
    any_database.writer.work_deadline_s = 10
    assert await any_database.writer.run(insert("next")) == "next"
    assert await names(any_database) == {"next"}


async def test_work_on_sqlite_that_waits_for_something_else_is_told_so(database: Database) -> None:
    async def waits(tx: Tx) -> None:
        await insert("half")(tx)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="wait for its Tx alone"):
        await database.writer.run(waits)
    assert await names(database) == set()
    assert await database.writer.run(insert("next")) == "next"


async def test_an_error_that_looks_like_the_networks_is_the_works_own(any_database: Database) -> None:
    async def unlucky(_: Tx) -> None:
        raise ConnectionError("something else is down")

    async def impatient(_: Tx) -> None:
        raise TimeoutError

    with pytest.raises(ConnectionError):
        await any_database.writer.run(unlucky)
    with pytest.raises(TimeoutError):
        await any_database.writer.run(impatient)
    assert await any_database.writer.run(insert("next")) == "next"


async def test_work_cannot_wait_for_the_writer_it_runs_in(any_database: Database) -> None:
    async def nested(_: Tx) -> str:
        return await any_database.writer.run(insert("inner"))

    with pytest.raises(RuntimeError, match="use the Tx"):
        await any_database.writer.run(nested)


async def test_actions_run_once_after_the_commit_and_never_for_work_that_failed(any_database: Database) -> None:
    rung: list[str] = []

    async def batch(tx: Tx, items: Sequence[str]) -> list[str]:
        for item in items:
            tx.after_commit(partial(rung.append, item))
        await tx.insert_many(leases, [{"name": item, "holder": "me", "epoch": 1, "until": 1} for item in items])
        return list(items)

    async def failing_bell(tx: Tx) -> str:
        tx.after_commit(lambda: rung.append(1 / 0))  # type: ignore[arg-type]
        return await insert("committed")(tx)

    answers = await any_database.writer.join_many(batch, ["a", "b", "a"])
    assert rung == ["a", "b"]
    assert isinstance(answers[2], Exception)
    assert await any_database.writer.run(failing_bell) == "committed"


async def test_a_commit_that_fails_answers_nobody_with_success(any_database: Database) -> None:
    rung: list[str] = []

    async def work(tx: Tx) -> str:
        tx.after_commit(lambda: rung.append("told too early"))
        return await insert("lost")(tx)

    def fail(_: object) -> None:
        raise ValueError("the disk went away at the commit")

    engine = any_database._writing.engine
    event.listen(engine, "commit", fail)
    answers = await asyncio.gather(*(any_database.writer.run(work) for _ in range(3)), return_exceptions=True)
    event.remove(engine, "commit", fail)
    assert [type(answer) for answer in answers] == [ValueError] * 3
    assert rung == []
    assert await names(any_database) == set()


async def test_closing_finishes_what_waits_and_refuses_the_rest(any_url: str) -> None:
    database = await Database.open(any_url)
    waiting = [asyncio.create_task(database.writer.run(insert(f"lease-{number}"))) for number in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    assert len(await asyncio.gather(*waiting)) == 20
    for refused in (database.writer.run(insert("late")), _read(database)):
        with pytest.raises(StoreError) as told:
            await refused
        assert told.value.code == "closed"
    again = await Database.open(any_url)
    assert len(await names(again)) == 20
    await again.close()


async def _read(database: Database) -> None:
    async with database.reading():
        pass
