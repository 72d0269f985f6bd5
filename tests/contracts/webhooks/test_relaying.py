"""Each event becomes one delivery for each endpoint that wants it, whoever relays and in whatever order it commits."""

import asyncio
from typing import Any

import pytest

from messageapi.store.db import Database
from messageapi.webhooks.delivery import rows
from messageapi.webhooks.delivery.relay import AT_ONCE, relay


async def relayed(doors: Any) -> None:
    more = True
    while more:
        more = (await doors.db.writer.run(lambda tx: relay(tx, doors.keyring, doors.clock()))).more


def states(found: Any) -> list[tuple[str, str]]:
    return [(each.event_id, each.state) for each in found]


async def test_relaying_again_adds_nothing(doors: Any, endpoint: Any, happen: Any, delivered: Any) -> None:
    one, other = await endpoint(), await endpoint()
    await happen("a", "a", "b")
    for _ in range(3):
        await relayed(doors)
    for webhook_id in (one, other):
        assert sorted(each.state for each in await delivered(webhook_id)) == ["ready", "ready", "waiting"]


async def test_more_than_one_portion_is_handed_on_whole(doors: Any, endpoint: Any, happen: Any, delivered: Any) -> None:
    webhook_id = await endpoint()
    made = await happen(*(f"{n % 7}" for n in range(2 * AT_ONCE + 10)))
    await relayed(doors)
    await relayed(doors)
    found = await delivered(webhook_id)
    assert {each.event_id for each in found} == set(made)
    assert sum(each.state == "ready" for each in found) == 7


async def test_two_who_relay_at_once_hand_on_each_event_once(
    doors: Any, another_process: Any, endpoint: Any, happen: Any, delivered: Any
) -> None:
    webhook_id = await endpoint()
    made = await happen(*(f"{n}" for n in range(50)))
    await asyncio.gather(*(relayed(each) for each in (doors, another_process, doors, another_process)))
    assert sorted(each.event_id for each in await delivered(webhook_id)) == sorted(made)


async def test_an_event_that_commits_late_is_handed_on_although_later_ones_were(
    doors: Any, another_process: Any, endpoint: Any, happen: Any, delivered: Any, eventually: Any
) -> None:
    """The second look waits for every transaction of that time in the cluster, those of other tests, too."""
    if doors.db._writing.engine.dialect.name == "sqlite":
        pytest.skip("one writer: numbers are given in the order of commits")
    webhook_id = await endpoint()

    async def found() -> set[str]:
        await relayed(doors)
        return {each.event_id for each in await delivered(webhook_id)}

    async def both() -> bool:
        return await found() == {early, came_late}

    began, gate = asyncio.Event(), asyncio.Event()
    late = asyncio.create_task(happen("late", by=another_process, began=began, before_commit=gate))
    await began.wait()
    (early,) = await happen("early")
    for _ in range(3):
        await relayed(doors)
    assert [each.event_id for each in await delivered(webhook_id)] == [early]
    gate.set()
    (came_late,) = await late
    await eventually(both)
    (last,) = await happen("last")
    assert await found() == {early, came_late, last}


async def test_nobody_listening_costs_no_deliveries_and_the_first_endpoint_gets_nothing_old(
    doors: Any, endpoint: Any, happen: Any, delivered: Any
) -> None:
    await happen("old", "older")
    await relayed(doors)
    webhook_id = await endpoint()
    await relayed(doors)
    (new,) = await happen("new")
    await relayed(doors)
    assert states(await delivered(webhook_id)) == [(new, "ready")]


async def test_a_walk_along_the_outbox_reads_no_other_account(any_database: Database, doors: Any) -> None:
    """SQLite must go by number: by account it would read all of an account's events each time."""
    if any_database._writing.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the tables")

    def plan(connection: Any) -> str:
        compiled = rows._EVENTS.compile(dialect=connection.dialect)
        given = compiled.construct_params({"after": 0, "until": 9, "most": 5})
        values = tuple(given[name] for name in compiled.positiontup or ())
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all())

    said = await any_database._writing.apart(plan)
    assert "outbox USING INTEGER PRIMARY KEY" in said, said
