"""Many callers, one transaction: an answer for each, and nobody pays for a neighbour's error or is told too early."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from messageapi.store.db import Database, Tx
from messageapi.store.tables import leases

Row = dict[str, object]


def lease(name: str) -> Row:
    return {"name": name, "holder": "me", "epoch": 1, "until": 1}


async def names(database: Database) -> set[str]:
    async with database.reading() as tx:
        return {row.name for row in await tx.rows(select(leases.c.name))}


class Recorder:
    """A batch that inserts leases and remembers how it was called."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    async def insert(self, tx: Tx, items: Sequence[str]) -> list[str]:
        self.calls.append(list(items))
        await tx.insert_many(leases, [lease(item) for item in items])
        return [item.upper() for item in items]


async def while_the_writer_is_busy(database: Database, queue_up: Callable[[], None]) -> None:
    """Hold the writer in one piece of work, let others queue up behind it, then let it go."""
    begun, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    async def hold(tx: Tx) -> None:
        loop.call_soon_threadsafe(begun.set)
        while not go.is_set():
            if tx.dialect == "sqlite":
                assert go.wait(30)  # on the writer's own thread
            else:
                await asyncio.sleep(0.002)

    holding = asyncio.create_task(database.writer.run(hold))
    await begun.wait()
    queue_up()
    await asyncio.sleep(0)  # one turn of the loop: the tasks just made reach the queue
    go.set()
    await holding


async def joined_while_busy(database: Database, recorder: Recorder, items: Sequence[str]) -> list[str | BaseException]:
    tasks: list[asyncio.Task[str]] = []

    def queue_up() -> None:
        tasks.extend(asyncio.create_task(database.writer.join(recorder.insert, item)) for item in items)

    await while_the_writer_is_busy(database, queue_up)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_all_who_wait_travel_in_one_call(any_database: Database) -> None:
    recorder = Recorder()
    wanted = [f"lease-{number}" for number in range(50)]
    answers = await joined_while_busy(any_database, recorder, wanted)
    assert recorder.calls == [wanted]
    assert answers == [name.upper() for name in wanted]
    assert await names(any_database) == set(wanted)


async def test_a_call_that_raises_is_repeated_one_item_at_a_time(any_database: Database) -> None:
    recorder = Recorder()
    answers = await joined_while_busy(any_database, recorder, ["a", "b", "a", "c"])
    assert [type(answer) for answer in answers] == [str, str, IntegrityError, str]
    assert recorder.calls == [["a", "b", "a", "c"], ["a"], ["b"], ["a"], ["c"]]
    assert await names(any_database) == {"a", "b", "c"}


async def test_an_exception_among_the_results_is_raised_to_its_caller_only(any_database: Database) -> None:
    async def choosy(tx: Tx, items: Sequence[str]) -> list[str | Exception]:
        await tx.insert_many(leases, [lease(item) for item in items if item != "bad"])
        return [ValueError(item) if item == "bad" else item for item in items]

    writer = any_database.writer
    answers = await asyncio.gather(*(writer.join(choosy, item) for item in ("a", "bad", "b")), return_exceptions=True)
    assert [type(answer) for answer in answers] == [str, ValueError, str]
    assert await names(any_database) == {"a", "b"}


async def test_join_many_gives_exceptions_as_values(any_database: Database) -> None:
    recorder = Recorder()
    answers = await any_database.writer.join_many(recorder.insert, ["a", "a", "b"])
    assert [type(answer) for answer in answers] == [str, IntegrityError, str]
    assert await any_database.writer.join_many(recorder.insert, []) == []


async def test_an_error_in_one_request_rolls_back_that_request_only(any_database: Database) -> None:
    async def good(tx: Tx) -> str:
        await tx.insert_many(leases, [lease("good")])
        return "done"

    async def bad(tx: Tx) -> None:
        await tx.insert_many(leases, [lease("half")])
        await tx.insert_many(leases, [lease("half")])

    async def refused(tx: Tx) -> None:
        await tx.insert_many(leases, [lease("refused")])
        raise ValueError("no")

    tasks: list[asyncio.Task[object]] = []
    await while_the_writer_is_busy(
        any_database,
        lambda: tasks.extend(asyncio.create_task(any_database.writer.run(work)) for work in (bad, good, refused)),
    )
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [IntegrityError, str, ValueError]
    assert await names(any_database) == {"good"}


async def test_an_error_does_not_quote_what_was_written(any_database: Database) -> None:
    row = lease("canary-1") | {"holder": "canary-2"}
    answers: list[object] = []
    for statement in (lambda tx: tx.insert_many(leases, [row]), lambda tx: tx.execute(insert(leases), [row])):
        answers += await asyncio.gather(*(any_database.writer.run(statement) for _ in range(2)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, IntegrityError)]
    assert len(refused) == 3
    assert not [answer for answer in refused if "canary" in str(answer)]


async def test_a_batch_that_answers_too_few_is_rolled_back(any_database: Database) -> None:
    async def forgetful(tx: Tx, items: Sequence[str]) -> list[str]:
        await tx.insert_many(leases, [lease(item) for item in items])
        return []

    with pytest.raises(RuntimeError, match="answered 0 of 1"):
        await any_database.writer.join(forgetful, "a")
    assert await names(any_database) == set()


async def test_work_of_different_kinds_shares_the_group(any_database: Database) -> None:
    first, second = Recorder(), Recorder()
    tasks: list[asyncio.Task[str]] = []

    def queue_up() -> None:
        for number in range(3):
            tasks.append(asyncio.create_task(any_database.writer.join(first.insert, f"first-{number}")))
            tasks.append(asyncio.create_task(any_database.writer.join(second.insert, f"second-{number}")))

    await while_the_writer_is_busy(any_database, queue_up)
    await asyncio.gather(*tasks)
    assert [len(call) for call in first.calls + second.calls] == [3, 3]


async def test_what_is_answered_can_be_read(any_database: Database) -> None:
    async def one(number: int) -> None:
        await any_database.writer.join(recorder.insert, f"lease-{number}")
        assert f"lease-{number}" in await names(any_database)

    recorder = Recorder()
    await asyncio.gather(*(one(number) for number in range(40)))


async def test_work_sees_what_its_group_did_before_it(any_database: Database) -> None:
    async def count(tx: Tx) -> int:
        await tx.insert_many(leases, [lease(f"lease-{await tx.scalar(select(func.count()).select_from(leases))}")])
        return int(await tx.scalar(select(func.count()).select_from(leases)))

    assert await asyncio.gather(*(any_database.writer.run(count) for _ in range(5))) == [1, 2, 3, 4, 5]


async def test_a_transaction_is_useless_after_its_work(any_database: Database) -> None:
    async def keep(tx: Tx) -> Tx:
        return tx

    kept = await any_database.writer.run(keep)
    with pytest.raises(RuntimeError, match="over"):
        await kept.scalar(select(1))
