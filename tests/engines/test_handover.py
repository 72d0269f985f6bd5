"""Events reach a worker in order, each once, however long it is away."""

import asyncio
import threading
from typing import Any

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.engines.host import handover
from messageapi.engines.host.host import Host
from messageapi.engines.host.journal import ledger
from messageapi.engines.port import (
    CloseSession,
    Disconnected,
    Done,
    Inbound,
    OpenSession,
    PresenceSeen,
    SessionSpec,
)
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession


def texts(worker: Any) -> list[str | None]:
    return [event.text for event in worker.of(Inbound)]


async def test_what_happened_while_no_worker_answered_comes_later_in_order(
    session: ScriptedSession, worker: Any
) -> None:
    worker.away = True
    for number in range(300):
        session.receive(f"text {number}")
    await worker.until(lambda: len(worker.batches) >= 3)
    worker.away = False
    await worker.until(lambda: len(texts(worker)) >= 300)
    assert texts(worker) == [f"text {number}" for number in range(300)]
    assert worker.seqs == list(range(worker.seqs[0], worker.seqs[0] + len(worker.seqs)))


async def test_a_worker_that_says_nothing_is_asked_again(
    session: ScriptedSession, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "_ANSWER_S", 0.05)
    worker.silent = True
    session.receive("unanswered")
    await worker.until(lambda: sum(isinstance(e, Inbound) for batch in worker.batches for e in batch.events) >= 2)
    assert texts(worker) == []
    worker.silent = False
    await worker.until(lambda: texts(worker))
    assert texts(worker)[0] == "unanswered"


async def test_timers_that_come_a_moment_early_hold_nothing_up(
    session: ScriptedSession, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of uvloop do, which count whole milliseconds."""
    loop = asyncio.get_running_loop()
    on_time = loop.call_later
    monkeypatch.setattr(loop, "call_later", lambda delay, *rest, **more: on_time(max(0, delay - 0.01), *rest, **more))
    worker.away = True
    before = len(worker.batches)
    session.receive("kept")
    await worker.until(lambda: len(worker.batches) > before)
    worker.away = False
    await worker.until(lambda: texts(worker) == ["kept"])


async def test_many_events_travel_in_few_batches(session: ScriptedSession, worker: Any) -> None:
    worker.away = True
    for number in range(500):
        session.receive(f"text {number}")
    worker.away = False
    before = len(worker.batches)
    await worker.until(lambda: len(texts(worker)) == 500)
    assert len(worker.batches) - before <= 8


async def test_a_batch_stays_below_what_the_bus_takes(session: ScriptedSession, worker: Any) -> None:
    worker.away = True
    for number in range(40):
        session.receive(str(number % 10) * 60_000)
    worker.away = False
    await worker.until(lambda: len(texts(worker)) == 40)
    assert max(len(msgspec.msgpack.encode(batch)) for batch in worker.batches) < 1_000_000


async def test_what_others_cause_is_held_back_while_no_worker_takes_it_but_no_word_on_the_connection(
    session: ScriptedSession, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "WAITING_LIMIT", 2)
    worker.away = True
    seen = [PresenceSeen("7@lid", "", "7@lid", "online", at) for at in range(5)]
    passed = threading.Event()

    def tell() -> None:
        for each in seen:
            session.sink(each)
        passed.set()

    thread = threading.Thread(target=tell)
    thread.start()
    assert not await asyncio.to_thread(passed.wait, 0.05)
    session.drop()
    worker.away = False
    await worker.until(lambda: len(worker.of(PresenceSeen)) == len(seen))
    await asyncio.to_thread(thread.join)
    assert worker.of(Disconnected)


async def test_without_any_worker_the_host_keeps_trying(
    memory: MemoryBus, make_host: Any, engine: ScriptedEngine, spec: SessionSpec, worker: Any
) -> None:
    await make_host()
    listeners = {one for one in memory.listeners if one.hears(subjects.inbox("num_1").split("."))}
    memory.listeners -= listeners
    assert await worker.tell("h1", OpenSession(spec)) == Done()
    engine.sessions["num_1"].receive("kept")
    memory.listeners |= listeners
    await worker.until(lambda: texts(worker) == ["kept"])


async def test_events_left_behind_come_from_the_next_host(
    session: ScriptedSession,
    host: Host,
    worker: Any,
    make_host: Any,
    spec: SessionSpec,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make_host("h2")
    worker.away = True
    session.receive("kept on disk")
    await worker.tell("h1", CloseSession("num_1", 1))
    worker.away = False
    await worker.tell("h2", OpenSession(msgspec.structs.replace(spec, epoch=2)))
    await worker.until(lambda: texts(worker))
    assert texts(worker) == ["kept on disk"]
    assert worker.batches[-1].host_id == "h2"
    assert worker.batches[-1].epoch == 2
    assert sorted(worker.seqs) == worker.seqs


async def test_the_last_events_are_offered_before_a_number_is_let_go(session: ScriptedSession, worker: Any) -> None:
    session.receive("last words")
    await worker.tell("h1", CloseSession("num_1", 1))
    assert texts(worker) == ["last words"]


def test_pauses_between_tries_grow_and_are_bounded() -> None:
    pauses = [handover._pause(failures) for failures in range(20)]
    assert pauses[0] < 0.1
    assert max(pauses) <= 2.0
