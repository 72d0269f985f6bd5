"""Doorbells: heard here at once, elsewhere over the bus, and never a reason to wait or fail."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.bus.port import Bus, BusError

SUBJECT = "messageapi.bell.message"
SOON = 10.0


@pytest.fixture
async def here_and_there(any_bus: Bus) -> AsyncIterator[tuple[Bells, Bells]]:
    """The bells of two processes on one bus."""
    here, there = Bells(any_bus, remote=True), Bells(any_bus, remote=True)
    yield here, there
    await here.close()
    await there.close()


async def heard_from(bells: Bells, subject: str) -> asyncio.Queue[str]:
    """Everything rung on the subject, once its subscription stands."""
    keys: asyncio.Queue[str] = asyncio.Queue()
    bells.listen(subject, keys.put_nowait)
    await bells.ready()
    return keys


async def test_a_ring_is_heard_at_once_in_the_same_process(bus: MemoryBus) -> None:
    bells = Bells(bus, remote=False)
    heard: list[str] = []
    stop = bells.listen(SUBJECT, heard.append)
    bells.ring(SUBJECT, "m-1")
    assert heard == ["m-1"]
    stop()
    stop()
    bells.ring(SUBJECT, "m-2")
    assert heard == ["m-1"]


async def test_a_waiter_is_woken_by_its_own_key_only(bus: MemoryBus) -> None:
    bells = Bells(bus, remote=False)
    waiting = asyncio.create_task(bells.wait(SUBJECT, "m-1", SOON))
    await asyncio.sleep(0)
    bells.ring(SUBJECT, "m-2")
    bells.ring("another.subject", "m-1")
    await asyncio.sleep(0)
    assert not waiting.done()
    bells.ring(SUBJECT, "m-1")
    assert await waiting


async def test_a_bell_that_nobody_rings_ends_with_false(bus: MemoryBus) -> None:
    assert not await Bells(bus, remote=False).wait(SUBJECT, "m-1", 0.01)


async def test_a_ring_between_looking_and_waiting_is_not_missed(bus: MemoryBus) -> None:
    bells = Bells(bus, remote=False)
    with bells.expect(SUBJECT, "m-1") as bell:
        bells.ring(SUBJECT, "m-1")
        assert await bell.wait(0)
        assert not await bell.wait(0)
        bells.ring(SUBJECT, "m-1")
        assert await bell.wait(0)


async def test_nothing_is_kept_of_a_bell_that_was_taken_down(bus: MemoryBus) -> None:
    bells = Bells(bus, remote=False)
    with bells.expect(SUBJECT, "m-1"), bells.expect(SUBJECT, "m-1"):
        pass
    await bells.wait(SUBJECT, "m-2", 0)
    assert not bells._by_key


async def test_a_listener_that_fails_does_not_silence_the_others(bus: MemoryBus) -> None:
    bells = Bells(bus, remote=False)
    heard: list[str] = []

    def fail(_: str) -> None:
        raise ValueError

    bells.listen(SUBJECT, fail)
    bells.listen(SUBJECT, heard.append)
    bells.ring(SUBJECT, "m-1")
    assert heard == ["m-1"]


async def test_a_ring_is_heard_in_another_process_and_once_here(here_and_there: tuple[Bells, Bells]) -> None:
    here, there = here_and_there
    local, remote = await heard_from(here, SUBJECT), await heard_from(there, SUBJECT)
    for number in range(3_000):
        here.ring(SUBJECT, f"m-{number}")
    there.ring(SUBJECT, "the end")
    async with asyncio.timeout(SOON):
        assert {await remote.get() for _ in range(3_001)} == {*(f"m-{number}" for number in range(3_000)), "the end"}
        assert [await local.get() for _ in range(3_000)] == [f"m-{number}" for number in range(3_000)]
        assert await local.get() == "the end"


async def test_a_waiter_is_woken_from_another_process(here_and_there: tuple[Bells, Bells]) -> None:
    here, there = here_and_there
    with there.expect(SUBJECT, "m-1") as bell:
        await there.ready()
        here.ring(SUBJECT, "m-1")
        assert await bell.wait(SOON)


async def test_a_subject_that_could_not_be_heard_is_listened_to_again(
    bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = Bells(bus, remote=True), Bells(bus, remote=True)

    async def refuse(*_: object, **__: object) -> None:
        raise BusError("unreachable", "it closed the connection", permanent=False)

    with monkeypatch.context() as trouble:
        trouble.setattr(bus, "subscribe", refuse)
        here.listen(SUBJECT, lambda _: None)
        await here.ready()
    with here.expect(SUBJECT, "m-1") as bell:
        await here.ready()
        there.ring(SUBJECT, "m-1")
        assert await bell.wait(SOON)
    await here.close()
    await there.close()


async def test_ringing_on_a_closed_bus_hurts_nobody(any_bus: Bus) -> None:
    bells = Bells(any_bus, remote=True)
    heard: list[str] = []
    bells.listen(SUBJECT, heard.append)
    await any_bus.close()
    bells.ring(SUBJECT, "m-1")
    await bells.close()
    assert heard == ["m-1"]
