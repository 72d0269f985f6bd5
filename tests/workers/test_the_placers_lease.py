"""One worker at a time is the placer, and one that was overtaken changes nothing more."""

import asyncio
import dataclasses
from typing import Any

import pytest

from messageapi.numbers.placing import placement
from messageapi.numbers.placing.placement import LEASE_MS, Lease, LeaseLost
from messageapi.numbers.placing.plan import Open
from messageapi.settings import Settings
from messageapi.web.doors import Doors
from messageapi.workers.placing.placer import Placer


@pytest.fixture
def one_of_many(doors: Doors) -> Doors:
    """On a bus that other workers share."""
    return dataclasses.replace(doors, settings=Settings(nats_url="nats://somewhere"))


async def test_of_two_placers_one_leads_and_one_beats(one_of_many: Doors, told: list[str], clock: Any) -> None:
    first, second = Placer(one_of_many), Placer(one_of_many)
    for _ in range(3):
        await first.tick()
        await second.tick()
        clock.forward(1_000)
    assert (first.leads, second.leads) == (True, False)
    assert len(told) == 3


async def test_a_placer_that_is_alone_is_heard_although_the_database_is_not_there(
    doors: Doors, told: list[str]
) -> None:
    placer = Placer(doors)
    await placer.start()
    await doors.db.writer.close()
    told.clear()
    async with asyncio.timeout(10):
        while not told:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await placer.stop()


async def test_a_silent_placer_is_followed_by_the_other(doors: Doors, clock: Any) -> None:
    first, second = Placer(doors), Placer(doors)
    await first.tick()
    clock.forward(LEASE_MS - 1)
    await second.tick()
    assert not second.leads
    clock.forward(1)
    await second.tick()
    assert second.leads
    await first.tick()
    assert not first.leads


async def test_a_placer_that_stops_hands_over_at_once(doors: Doors) -> None:
    first, second = Placer(doors), Placer(doors)
    await first.tick()
    await first.stop()
    await second.tick()
    assert second.leads


async def test_an_overtaken_placer_changes_nothing(doors: Doors, clock: Any, linked: Any, where: Any) -> None:
    number = await linked()
    old = await placement.hold(doors, "first")
    clock.forward(LEASE_MS)
    assert await placement.hold(doors, "second")
    assert isinstance(old, Lease)
    with pytest.raises(LeaseLost):
        await placement.assign(doors, old, [Open(await where(number), "h1")])
    assert (await where(number)).host_id is None


async def test_a_lease_that_changed_hands_and_came_back_is_another_one(doors: Doors, clock: Any) -> None:
    before = await placement.hold(doors, "first")
    clock.forward(LEASE_MS)
    await placement.hold(doors, "second")
    clock.forward(LEASE_MS)
    after = await placement.hold(doors, "first")
    assert before
    assert after
    assert after.epoch > before.epoch


async def test_both_placers_hear_every_host_so_the_follower_loses_no_time(
    doors: Doors, clock: Any, start_host: Any, linked: Any
) -> None:
    first, second = Placer(doors), Placer(doors)
    await first.listen()
    await second.listen()
    host = await start_host("h1")
    number = await linked()
    await first.tick()
    await first.settle()
    await host.beat()
    clock.forward(LEASE_MS)
    await host.beat()
    await second.tick()
    await second.settle()
    assert len(host.heard) == 1
    assert number in host.sessions
    await first.stop()
    await second.stop()
