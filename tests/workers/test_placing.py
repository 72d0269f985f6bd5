"""Numbers come to hosts, stay with them, and leave those that are dead, silent, full or wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from messageapi.engines.port import Alive, CloseSession, Connected, Ended, OpenSession
from messageapi.numbers.observe import Observed, observe
from messageapi.numbers.restart import restart
from messageapi.numbers.stop import stop
from messageapi.store.db import Tx
from messageapi.store.tables import hosts
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.workers.placing.placer import Placer

Report = Callable[..., Awaitable[None]]


@pytest.fixture
async def placer(doors: Doors) -> AsyncIterator[Placer]:
    placer = Placer(doors)
    await placer.listen()
    yield placer
    await placer.stop()


@pytest.fixture
def report(doors: Doors, alice: Caller) -> Report:
    """An event of this number, as the inbox of a worker takes it in."""

    async def take(number_id: str, *events: Connected | Ended | Alive) -> None:
        seen = [Observed(number_id, alice.account_id, event) for event in events]
        await doors.db.writer.run(lambda tx: observe(doors, tx, doors.clock(), seen))

    return take


@pytest.fixture
async def held(placer: Placer, start_host: Any, linked: Any) -> tuple[str, Any]:
    """A number that its host holds."""
    number, host = await linked(), await start_host("h1")
    await rounds(placer, host)
    return number, host


async def rounds(placer: Placer, *hosts: Any, times: int = 2) -> None:
    for _ in range(times):
        await placer.tick()
        await placer.settle()
        for host in hosts:
            await host.beat()


async def test_a_wanted_number_is_opened_on_a_host_under_a_new_epoch(
    placer: Placer, start_host: Any, linked: Any, where: Any
) -> None:
    number, host = await linked(), await start_host("h1")
    before = (await where(number)).epoch
    await rounds(placer, host)
    placed = await where(number)
    assert (placed.host_id, placed.epoch) == ("h1", before + 1)
    assert host.sessions == {number: placed.epoch}


async def test_a_host_is_told_what_it_needs_and_nothing_twice(
    placer: Placer, start_host: Any, linked: Any, doors: Doors
) -> None:
    number, host = await linked(), await start_host("h1")
    await rounds(placer, host, times=4)
    (opened,) = host.heard
    assert isinstance(opened, OpenSession)
    assert opened.spec.number_id == number
    assert len(opened.spec.journal_key) == 32
    assert opened.spec.jid.endswith("@s.whatsapp.net")


async def test_numbers_spread_over_the_hosts_of_their_network(placer: Placer, start_host: Any, linked: Any) -> None:
    hosts = [await start_host(f"h{n}") for n in range(2)]
    other = await start_host("w", network="whatsapp")
    for n in range(6):
        await linked(f"number {n}")
    await rounds(placer, *hosts, other)
    assert [len(host.sessions) for host in hosts] == [3, 3]
    assert other.sessions == {}


async def test_a_full_fleet_keeps_the_rest_waiting_and_says_why(
    placer: Placer, start_host: Any, linked: Any, look: Any
) -> None:
    host = await start_host("h1", capacity=2)
    numbers = [await linked(f"number {n}") for n in range(3)]
    await rounds(placer, host)
    waiting = [number for number in numbers if number not in host.sessions]
    assert len(host.sessions) == 2
    assert [(await look(number)).reason_code for number in waiting] == ["hosts_full"]


async def test_without_a_host_a_number_waits_and_says_so(placer: Placer, linked: Any, look: Any) -> None:
    number = await linked()
    await rounds(placer)
    assert (await look(number)).reason_code == "no_host"


async def test_a_missing_library_is_the_reason_until_a_host_is_heard(
    placer: Placer, start_host: Any, linked: Any, look: Any
) -> None:
    number = await linked()
    first = await start_host("h1")
    await first.die(told=True, code="library_unusable")
    await rounds(placer)
    assert (await look(number)).reason_code == "library_unusable"
    second = await start_host("h2")
    await rounds(placer, second)
    assert number in second.sessions


async def test_a_host_reported_dead_loses_its_numbers_at_once(
    placer: Placer, start_host: Any, where: Any, report: Report, clock: Any, held: tuple[str, Any]
) -> None:
    number, first = held
    await report(number, Connected(clock(), "12025550101:1@s.whatsapp.net"))
    epoch = (await where(number)).epoch
    second = await start_host("h2")
    await first.die(told=True)
    await placer.tick()
    lost = await where(number)
    assert (lost.state, lost.reason_code) == ("reconnecting", "host_lost")
    clock.forward(500)
    await rounds(placer, second)
    assert second.sessions == {number: epoch + 1}


async def test_a_silent_host_loses_its_numbers_after_ten_seconds(
    placer: Placer, start_host: Any, clock: Any, held: tuple[str, Any]
) -> None:
    number, first = held
    await first.die(told=False)
    second = await start_host("h2")
    clock.forward(9_000)
    await second.beat()
    await rounds(placer, second)
    assert second.sessions == {}
    clock.forward(2_000)
    await rounds(placer, second)
    clock.forward(500)
    await rounds(placer, second)
    assert number in second.sessions


async def test_a_host_that_comes_back_from_silence_is_told_to_close_what_it_lost(
    placer: Placer, start_host: Any, clock: Any, held: tuple[str, Any]
) -> None:
    number, first = held
    old = first.sessions[number]
    clock.forward(10_001)
    second = await start_host("h2")
    await rounds(placer, second)
    clock.forward(500)
    await rounds(placer, second)
    await first.beat()
    await rounds(placer, first, second)
    assert CloseSession(number, old) in first.heard
    assert first.sessions == {}
    assert number in second.sessions


async def test_the_last_beat_of_a_dead_host_does_not_bring_it_back(
    placer: Placer, start_host: Any, linked: Any, where: Any
) -> None:
    host = await start_host("h1")
    await host.die(told=True)
    await host.beat()
    number = await linked()
    await placer.tick()
    await placer.settle()
    assert (await where(number)).host_id is None


async def test_a_session_its_host_has_dropped_is_opened_again(
    placer: Placer, clock: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    host.sessions.clear()
    clock.forward(1_000)
    await host.beat()
    await rounds(placer, host)
    clock.forward(500)
    await rounds(placer, host)
    assert number in host.sessions


async def test_a_session_under_an_old_epoch_is_closed_before_it_is_opened_anew(
    placer: Placer, doors: Doors, alice: Caller, held: tuple[str, Any]
) -> None:
    number, host = held
    old = host.sessions[number]
    await restart(doors, alice, number)
    await rounds(placer, host, times=3)
    assert [type(command) for command in host.heard] == [OpenSession, CloseSession, OpenSession]
    assert host.sessions[number] > old


async def test_a_stopped_number_is_closed_and_restart_brings_it_back(
    placer: Placer, doors: Doors, alice: Caller, where: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    await stop(doors, alice, number)
    await rounds(placer, host, times=3)
    assert host.sessions == {}
    assert (await where(number)).host_id is None
    await restart(doors, alice, number)
    await rounds(placer, host)
    assert number in host.sessions


async def test_a_number_nobody_knows_is_closed(placer: Placer, start_host: Any) -> None:
    host = await start_host("h1")
    host.sessions["num_of_nobody"] = 7
    await host.beat()
    await rounds(placer, host)
    assert host.heard == [CloseSession("num_of_nobody", 7)]


async def test_numbers_leave_a_host_that_is_stopping(
    placer: Placer, start_host: Any, clock: Any, held: tuple[str, Any]
) -> None:
    number, first = held
    second = await start_host("h2")
    first.stopping = True
    for _ in range(4):
        await first.beat()
        await second.beat()
        await rounds(placer, times=1)
        clock.forward(1_000)
    assert first.sessions == {}
    assert number in second.sessions


async def test_a_refused_number_is_tried_again_later_and_later(
    placer: Placer, start_host: Any, linked: Any, where: Any, clock: Any
) -> None:
    number = await linked()
    host = await start_host("h1")
    host.refuses = "engine_failed"
    waits = []
    for _ in range(9):
        await rounds(placer, host, times=1)
        placed = await where(number)
        waits.append((placed.retry_at or 0) - clock())
        clock.forward(max(waits[-1], 0))
        await host.beat()
    assert waits[-1] > waits[0]
    assert max(waits) <= 30_000
    assert len(host.heard) == 9


async def test_a_host_that_is_full_after_all_is_not_asked_again_before_its_next_beat(
    placer: Placer, start_host: Any, linked: Any, clock: Any
) -> None:
    await linked()
    host = await start_host("h1")
    host.refuses = "host_full"
    await rounds(placer, times=1)
    clock.forward(1_000)
    await rounds(placer, times=2)
    assert len(host.heard) == 1


async def test_a_banned_number_is_left_alone_until_the_ban_ends(
    placer: Placer, report: Report, clock: Any, look: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    host.sessions.clear()
    await report(number, Ended(clock(), "banned", until=clock() + 60_000))
    for _ in range(5):
        clock.forward(10_000)
        await host.beat()
        await rounds(placer, host)
    assert (await look(number)).state == "banned"
    assert len(host.heard) == 1
    clock.forward(10_001)
    await host.beat()
    await rounds(placer, host)
    assert number in host.sessions


@pytest.mark.parametrize("code", ["replaced", "logged_out"])
async def test_a_number_that_was_taken_from_us_is_never_fought_for(
    code: Any, placer: Placer, report: Report, clock: Any, look: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    host.sessions.clear()
    await report(number, Ended(clock(), code))
    for _ in range(20):
        clock.forward(9_000)
        await host.beat()
        await rounds(placer, host, times=1)
    assert (await look(number)).state == code
    assert len(host.heard) == 1


async def test_a_quiet_number_is_degraded_and_speaks_itself_back(
    placer: Placer, report: Report, clock: Any, look: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    await report(number, Connected(clock(), ""))
    clock.forward(60_001)
    await host.beat()
    await rounds(placer, host)
    assert ((await look(number)).state, (await look(number)).reason_code) == ("degraded", "quiet")
    await report(number, Alive(clock()))
    assert ((await look(number)).state, (await look(number)).reason_code) == ("connected", None)


async def test_a_number_that_stays_deaf_is_opened_anew(
    placer: Placer, report: Report, clock: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    await report(number, Connected(clock(), ""))
    for _ in range(25):
        clock.forward(9_000)
        await host.beat()
        await rounds(placer, host)
    assert [type(command) for command in host.heard][:3] == [OpenSession, CloseSession, OpenSession]
    assert number in host.sessions


async def test_a_number_that_speaks_is_never_degraded(
    placer: Placer, report: Report, clock: Any, look: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    await report(number, Connected(clock(), ""))
    for _ in range(20):
        clock.forward(9_000)
        await report(number, Alive(clock()))
        await host.beat()
        await rounds(placer, host)
    assert (await look(number)).state == "connected"
    assert len(host.heard) == 1


async def test_a_crashed_session_that_its_host_still_lists_is_closed_and_opened_again(
    placer: Placer, report: Report, clock: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    await report(number, Ended(clock(), "crashed"))
    await rounds(placer, host)
    assert [type(command) for command in host.heard] == [OpenSession, CloseSession]
    clock.forward(500)
    await host.beat()
    await rounds(placer, host)
    assert number in host.sessions


async def test_failures_are_forgotten_once_a_number_stayed_connected(
    placer: Placer, report: Report, clock: Any, where: Any, held: tuple[str, Any]
) -> None:
    number, host = held
    await report(number, Ended(clock(), "crashed"))
    assert (await where(number)).failures == 1
    await report(number, Connected(clock(), ""))
    clock.forward(60_001)
    await report(number, Alive(clock()))
    await host.beat()
    await rounds(placer, host)
    assert (await where(number)).failures == 0


async def test_a_new_start_forgets_the_hosts_of_the_last_run(
    doors: Doors, placer: Placer, report: Report, clock: Any, where: Any, held: tuple[str, Any]
) -> None:
    number, _ = held
    await report(number, Connected(clock(), ""))
    await placer.stop()
    again = Placer(doors)
    await again.start()
    try:
        placed = await where(number)
        assert (placed.state, placed.reason_code, placed.host_id) == ("reconnecting", "host_lost", None)
    finally:
        await again.stop()


async def test_hosts_are_written_down_for_others_to_read(
    placer: Placer, start_host: Any, doors: Doors, clock: Any
) -> None:
    host = await start_host("h1")
    await rounds(placer, host)
    clock.forward(2_000)
    await rounds(placer, host)

    async def read(tx: Tx) -> list[str]:
        return [row.id for row in await tx.rows(hosts.select())]

    assert await doors.db.writer.run(read) == ["h1"]
