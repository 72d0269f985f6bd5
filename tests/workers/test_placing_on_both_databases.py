"""The statements of placement, observation and linking mean the same on SQLite and PostgreSQL."""

from typing import Any

import pytest

from messageapi.engines.port import Alive, Connected, Ended, EngineEvent
from messageapi.errors import Problem
from messageapi.numbers import rows
from messageapi.numbers.create import create
from messageapi.numbers.edit import edit
from messageapi.numbers.observe import Observed, observe
from messageapi.numbers.placing import placement
from messageapi.numbers.remove import remove
from messageapi.numbers.schemas import NumberEdit
from messageapi.store.db import Database
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.workers.placing.placer import Placer


@pytest.fixture
async def database(any_database: Database) -> Database:
    return any_database


async def test_a_number_is_placed_observed_lost_and_placed_again(
    doors: Doors, alice: Caller, start_host: Any, linked: Any, where: Any, clock: Any
) -> None:
    placer = Placer(doors)
    await placer.listen()
    number, host = await linked(), await start_host("h1")
    await placer.tick()
    await placer.settle()
    assert host.sessions == {number: (await where(number)).epoch}

    seen: list[EngineEvent] = [
        Connected(clock(), "12025550101:1@s.whatsapp.net"),
        Alive(clock()),
        Ended(clock(), "crashed"),
    ]
    items = [Observed(number, alice.account_id, event) for event in seen]
    await doors.db.writer.run(lambda tx: observe(doors, tx, clock(), items))
    lost = await where(number)
    assert (lost.state, lost.failures, lost.host_id) == ("reconnecting", 1, None)

    clock.forward(2_000)
    for _ in range(2):
        await host.beat()
        await placer.tick()
        await placer.settle()
    assert host.sessions == {number: (await where(number)).epoch}
    await placer.stop()


async def test_overdue_states_are_found(doors: Doors, linked: Any, alice: Caller, clock: Any, where: Any) -> None:
    number = await linked()
    connected = [Observed(number, alice.account_id, Connected(clock(), ""))]
    await doors.db.writer.run(lambda tx: observe(doors, tx, clock(), connected))
    clock.forward(placement.QUIET_MS + 1)
    lease = await placement.hold(doors, "placer")
    assert lease
    await placement.tend(doors, lease)
    assert (await where(number)).state == "degraded"


async def test_the_lease_goes_to_one(doors: Doors, clock: Any) -> None:
    first = await placement.hold(doors, "first")
    assert first
    assert await placement.hold(doors, "second") is None
    clock.forward(placement.LEASE_MS)
    second = await placement.hold(doors, "second")
    assert second
    assert second.epoch > first.epoch


async def test_names_defaults_and_deletion(doors: Doors, alice: Caller) -> None:
    one = await create(doors, alice, name="one", network="sandbox")
    two = await create(doors, alice, name="two", network="sandbox")
    with pytest.raises(Problem, match="already have a number"):
        await edit(doors, alice, two.id, NumberEdit(name="one"))
    await remove(doors, alice, one.id)
    async with doors.db.reading() as tx:
        left = await rows.by_ids(tx, [one.id, two.id])
    assert [number.is_default for number in left.values()] == [True]


async def test_a_new_start_forgets_hosts_and_linkings(doors: Doors, linked: Any, where: Any) -> None:
    number = await linked()
    await placement.start_over(doors)
    assert (await where(number)).host_id is None
    assert await placement.networks_in_use(doors) == {"sandbox"}
