"""Claiming on each database: in order, within the window, and never the same message by two workers."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text, update

from messageapi.messages.queue.claim import Ask, claim
from messageapi.messages.queue.flight import Back, release
from messageapi.store.db import Database
from messageapi.store.tables import numbers


def ids(taken: Any) -> Any:
    return [job.message_id for job in taken.jobs]


def held(taken: Any) -> Any:
    return [(job.seq, job.attempt) for job in taken.jobs]


async def test_the_first_messages_are_claimed_in_order_with_their_bodies(
    number: Any, say: Any, take: Any, show: Any
) -> None:
    accepted = [await say(f"{place}") for place in range(5)]
    taken = await take(number, window=3)
    assert ids(taken) == accepted[:3]
    assert all(job.sealed and job.attempt == 1 for job in taken.jobs)
    assert [(await show(each)).status for each in accepted] == ["sending"] * 3 + ["accepted"] * 2


async def test_what_is_under_way_takes_room_in_the_window(number: Any, say: Any, take: Any) -> None:
    accepted = [await say(f"{place}") for place in range(5)]
    first = await take(number, window=2)
    assert ids(await take(number, *held(first), window=2)) == []
    assert ids(await take(number, *held(first), window=3)) == [accepted[2]]


async def test_many_numbers_claim_in_one_call(doors: Any, make_number: Any, say: Any) -> None:
    shops = [await make_number(f"shop {place}", phone=f"+1202555010{place}") for place in range(5)]
    for each in shops:
        for place in range(4):
            await say(f"{place}", from_=each)
    asks = [Ask(each, frozenset(), 3, doors.clock()) for each in shops]
    claims = await doors.db.writer.join_many(claim, asks)
    assert [[job.number_id for job in each.jobs] for each in claims] == [[shop] * 3 for shop in shops]


async def test_networks_have_their_own_windows(make_number: Any, say: Any, take: Any) -> None:
    real, ours = await make_number("real", network="whatsapp"), await make_number("ours", phone="+12025550101")
    for each in (real, ours):
        for place in range(3):
            await say(f"{place}", from_=each)
    assert len((await take(real)).jobs) == 1
    assert len((await take(ours)).jobs) == 3


@pytest.mark.parametrize("state", ["reconnecting", "banned", "stopped", "connecting"])
async def test_nothing_is_claimed_while_the_number_is_away(
    doors: Any, number: Any, say: Any, take: Any, state: Any
) -> None:
    await say()

    async def work(tx: Any) -> None:
        await tx.execute(update(numbers).values(state=state))

    await doors.db.writer.run(work)
    assert (await take(number)).jobs == []


async def test_what_another_worker_claimed_stops_the_lane(number: Any, say: Any, take: Any) -> None:
    for place in range(3):
        await say(f"{place}")
    await take(number, window=1)
    claimed = await take(number)
    assert (claimed.jobs, claimed.doubtful) == ([], True)


async def test_what_came_back_a_moment_ago_waits_a_moment(
    doors: Any, number: Any, say: Any, take: Any, clock: Any
) -> None:
    message_id = await say()
    await take(number)
    await doors.db.writer.join(release, Back(message_id, 1))
    again = await take(number)
    assert again.jobs == []
    assert again.pause_ms > 0
    clock.forward(again.pause_ms)
    assert [(job.message_id, job.attempt) for job in (await take(number)).jobs] == [(message_id, 2)]


async def test_what_came_back_is_not_overtaken_by_its_followers(
    doors: Any, number: Any, say: Any, take: Any, clock: Any
) -> None:
    accepted = [await say(f"{place}") for place in range(4)]
    first = await take(number, window=3)
    await doors.db.writer.join(release, Back(accepted[0], 1))
    clock.forward(60_000)
    assert ids(await take(number, *held(first)[1:])) == []
    for each in accepted[1:3]:
        await doors.db.writer.join(release, Back(each, 1))
    assert ids(await take(number)) == accepted


async def test_only_the_attempt_that_was_claimed_is_released(
    doors: Any, number: Any, say: Any, take: Any, show: Any
) -> None:
    message_id = await say()
    await take(number)
    await doors.db.writer.join(release, Back(message_id, 2))
    assert (await show(message_id)).status == "sending"


async def test_two_workers_never_claim_the_same_message(
    doors: Any, any_url: Any, number: Any, say: Any, any_database: Any
) -> None:
    """On PostgreSQL two writers race; SQLite has one writer, and two lanes in it do."""
    accepted = [await say(f"{place}") for place in range(60)]
    postgres = any_url.startswith("postgresql")
    other = await Database.open(any_url) if postgres else any_database
    got: list[Any] = []
    for _ in range(10):
        asks = [Ask(number, frozenset(got_seqs(got)), 60, doors.clock()) for _ in range(2)]
        claims = await asyncio.gather(
            *(database.writer.join(claim, ask) for database, ask in zip((any_database, other), asks, strict=True))
        )
        got += [job for each in claims for job in each.jobs]
    if postgres:
        await other.close()
    assert sorted(job.message_id for job in got) == sorted(accepted)


def got_seqs(jobs: Any) -> Any:
    return {(job.seq, job.attempt) for job in jobs}


async def test_a_worker_waits_for_another_that_is_claiming(
    doors: Any, any_url: Any, number: Any, say: Any, any_database: Any
) -> None:
    """Else both would hand over messages of one number, and whose arrive first would be chance."""
    for place in range(3):
        await say(f"{place}")
    postgres = any_url.startswith("postgresql")
    other = await Database.open(any_url) if postgres else any_database
    claimed, commit = asyncio.Event(), asyncio.Event()

    async def slowly(tx: Any) -> Any:
        (first,) = await claim(tx, [Ask(number, frozenset(), 1, doors.clock())])
        if postgres:  # SQLite has one writer, which nobody can overtake
            claimed.set()
            await commit.wait()
        return first

    slow = asyncio.create_task(other.writer.run(slowly))
    await (claimed.wait() if postgres else asyncio.sleep(0))
    quick = asyncio.create_task(any_database.writer.join(claim, Ask(number, frozenset(), 32, doors.clock())))
    if postgres:
        await blocked(any_database)
    commit.set()
    assert len((await slow).jobs) == 1
    assert (await quick).jobs == []
    if postgres:
        await other.close()


async def blocked(database: Any) -> None:
    """Return when a connection of this PostgreSQL waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        count = 0
        while not count:
            async with database.reading() as tx:
                count = await tx.scalar(waiting)
