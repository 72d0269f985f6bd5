"""A number is held by one host at a time, under one epoch, as long as a placer is there."""

import asyncio
import os
from collections import deque
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.bus.port import Reply
from messageapi.engines.host import keeper, lease, turns
from messageapi.engines.host.host import Host
from messageapi.engines.port import (
    Alive,
    CloseSession,
    Connected,
    Disconnected,
    Done,
    Ended,
    EngineError,
    HostBeat,
    Inbound,
    NotSent,
    OpenSession,
    Refused,
    SendJob,
    Sent,
    SessionSpec,
    StartPairing,
    StopHost,
    Submit,
    UnlinkSession,
)
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Text


def at_epoch(spec: SessionSpec, epoch: int) -> SessionSpec:
    return msgspec.structs.replace(spec, epoch=epoch)


async def test_an_older_epoch_is_refused_and_a_newer_one_taken(
    session: ScriptedSession, worker: Any, spec: SessionSpec, engine: ScriptedEngine
) -> None:
    assert await worker.tell("h1", OpenSession(at_epoch(spec, 3))) == Done()
    for command in (
        OpenSession(at_epoch(spec, 2)),
        CloseSession("num_1", 1),
        UnlinkSession("num_1", 2),
        Submit("num_1", 4, [SendJob("a", 1, "7@lid", Letter(content=Text("a")))], 1000),
    ):
        answer = await worker.tell("h1", command)
        assert isinstance(answer, Refused)
        assert answer.code == "stale_epoch"
    assert engine.opened == 1
    assert await worker.tell("h1", CloseSession("num_1", 3)) == Done()


async def test_an_old_epoch_stays_refused_after_the_number_has_gone(
    session: ScriptedSession, worker: Any, spec: SessionSpec
) -> None:
    await worker.tell("h1", OpenSession(at_epoch(spec, 5)))
    await worker.tell("h1", CloseSession("num_1", 5))
    answer = await worker.tell("h1", OpenSession(at_epoch(spec, 4)))
    assert isinstance(answer, Refused)
    assert answer.code == "stale_epoch"


async def test_opening_twice_is_harmless(
    session: ScriptedSession, worker: Any, spec: SessionSpec, engine: ScriptedEngine
) -> None:
    assert await worker.tell("h1", OpenSession(spec)) == Done()
    assert engine.opened == 1


async def test_two_hosts_never_hold_one_folder(
    session: ScriptedSession, worker: Any, make_host: Any, spec: SessionSpec
) -> None:
    await make_host("h2")
    answer = await worker.tell("h2", OpenSession(at_epoch(spec, 2)))
    assert isinstance(answer, Refused)
    assert answer.code == "engine_failed"
    assert "another engine host" in answer.detail.lower()
    await worker.tell("h1", CloseSession("num_1", 1))
    assert await worker.tell("h2", OpenSession(at_epoch(spec, 2))) == Done()


async def test_what_a_host_cannot_hold_is_refused(host: Host, worker: Any, make_host: Any, spec: SessionSpec) -> None:
    await make_host("small", capacity=1)
    await worker.tell("small", OpenSession(spec))
    other = msgspec.structs.replace(spec, number_id="num_2", folder="folder2")
    refusals = {
        "host_full": ("small", OpenSession(other)),
        "wrong_network": ("h1", OpenSession(msgspec.structs.replace(other, network="whatsapp"))),
        "unknown_number": ("h1", CloseSession("num_9", 1)),
        "engine_failed": ("h1", OpenSession(msgspec.structs.replace(other, folder="../outside"))),
    }
    for code, (host_id, command) in refusals.items():
        answer = await worker.tell(host_id, command)
        assert isinstance(answer, Refused), code
        assert answer.code == code


async def test_a_journal_under_another_key_is_refused(session: ScriptedSession, worker: Any, spec: SessionSpec) -> None:
    await worker.tell("h1", CloseSession("num_1", 1))
    answer = await worker.tell("h1", OpenSession(msgspec.structs.replace(spec, journal_key=b"\x01" * 32)))
    assert isinstance(answer, Refused)
    assert "another key" in answer.detail
    assert await worker.tell("h1", OpenSession(spec)) == Done()  # and it is not left locked


async def test_folder_and_files_are_their_owners_alone(session: ScriptedSession, engine: ScriptedEngine) -> None:
    folder = engine.folders["num_1"]
    assert modes_in(Path(folder)) == {".": 0o700, "journal": 0o600, "lock": 0o600}


def modes_in(folder: Path) -> dict[str, int]:
    paths = {".": folder} | {path.name: path for path in folder.iterdir()}
    return {name: path.stat().st_mode & 0o777 for name, path in paths.items()}


async def test_the_first_connection_is_tried_again(
    host: Host, worker: Any, spec: SessionSpec, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_FIRST_PAUSE_S", 0.01)
    broken = EngineError("network", "WhatsApp cannot be reached.", permanent=False)
    engine.failures["num_1"] = deque([broken, broken])
    assert await worker.tell("h1", OpenSession(spec)) == Done()
    await worker.first(Connected)
    assert [event.code for event in worker.of(Disconnected)] == ["network"]


async def test_an_engine_that_breaks_is_tried_again(
    host: Host, worker: Any, spec: SessionSpec, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_FIRST_PAUSE_S", 0.01)
    engine.failures["num_1"] = deque([RuntimeError("nobody foresaw this")])  # type: ignore[list-item]
    await worker.tell("h1", OpenSession(spec))
    await worker.first(Connected)


async def test_many_numbers_close_in_no_time(host: Host, worker: Any, spec: SessionSpec) -> None:
    for number in range(40):
        one = msgspec.structs.replace(spec, number_id=f"num_{number}", folder=f"folder{number}")
        await worker.tell("h1", OpenSession(one))
    await worker.until(lambda: len(worker.of(Connected)) == 40)
    host.stop()
    await asyncio.wait_for(host.stopped.wait(), 3)


async def test_a_number_whose_credentials_are_gone_has_ended(
    host: Host, worker: Any, spec: SessionSpec, engine: ScriptedEngine
) -> None:
    gone = EngineError("logged_out", "The credentials are gone.", permanent=True)
    engine.failures["num_1"] = deque([gone])
    await worker.tell("h1", OpenSession(spec))
    assert (await worker.first(Ended)).code == "logged_out"
    await worker.tell("h1", Submit("num_1", 1, [SendJob("a", 1, "7@lid", Letter(content=Text("a")))], 1000))
    assert (await worker.first(NotSent, "a")).code == "not_connected"


async def test_a_session_that_ended_is_not_opened_again(
    session: ScriptedSession, worker: Any, engine: ScriptedEngine
) -> None:
    session.end(Ended(now_ms(), "replaced", "Another program uses this linked device."))
    await worker.first(Ended)
    await worker.tell("h1", Submit("num_1", 1, [SendJob("a", 1, "7@lid", Letter(content=Text("a")))], 1000))
    await worker.first(NotSent, "a")
    assert engine.opened == 1


async def test_a_session_the_library_gave_up_is_replaced(
    session: ScriptedSession, worker: Any, engine: ScriptedEngine
) -> None:
    session.drop("keepalive")
    await worker.until(lambda: len(worker.of(Connected)) == 2)
    assert [event.code for event in worker.of(Disconnected)] == ["keepalive"]
    assert engine.opened == 2


async def test_a_session_that_stays_down_is_replaced(
    host: Host, worker: Any, spec: SessionSpec, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_DOWN_LIMIT_S", 0.05)
    monkeypatch.setattr(keeper, "_LOOK_S", 0.01)
    await worker.tell("h1", OpenSession(spec))
    await worker.first(Connected)
    engine.sessions["num_1"].drop()
    await worker.until(lambda: len(worker.of(Connected)) >= 2)


async def test_a_replaced_session_has_no_say_about_the_connection_but_brings_its_messages(
    session: ScriptedSession, worker: Any, engine: ScriptedEngine
) -> None:
    session.drop("keepalive")
    await worker.until(lambda: len(worker.of(Connected)) == 2)
    session.report(Disconnected(now_ms(), "network"))
    session.report(Alive(now_ms()))
    session.receive("late")
    await worker.first(Inbound)
    assert len(worker.of(Disconnected)) == 1
    assert worker.of(Alive) == []


async def test_unlinking_logs_out_and_lets_go(session: ScriptedSession, worker: Any, engine: ScriptedEngine) -> None:
    assert await worker.tell("h1", UnlinkSession("num_1", 1)) == Done()
    assert engine.unlinked == ["num_1"]
    assert isinstance(await worker.tell("h1", CloseSession("num_1", 1)), Refused)


async def test_unlinking_needs_a_connection(session: ScriptedSession, worker: Any, engine: ScriptedEngine) -> None:
    session.drop()
    answer = await worker.tell("h1", UnlinkSession("num_1", 1))
    assert isinstance(answer, Refused)
    assert engine.unlinked == []


async def test_a_host_says_what_it_holds(session: ScriptedSession, worker: Any, memory: MemoryBus, host: Host) -> None:
    beats: asyncio.Queue[HostBeat] = asyncio.Queue()

    async def hear(_: str, payload: bytes, __: Reply | None) -> None:
        beats.put_nowait(msgspec.msgpack.decode(payload, type=HostBeat))

    await memory.subscribe(subjects.BEATS, hear)
    beat = await asyncio.wait_for(beats.get(), 10)
    assert (beat.host_id, beat.kind, beat.sessions, beat.pid) == ("h1", "engine", [("num_1", 1)], os.getpid())


async def test_a_host_that_hears_no_placer_any_more_closes_its_sessions(
    session: ScriptedSession,
    worker: Any,
    memory: MemoryBus,
    host: Host,
    spec: SessionSpec,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "LASTS_S", 0.2)
    await memory.publish(subjects.PLACER_BEAT, b"")
    closed = asyncio.Event()
    session.on_close = closed.set
    await asyncio.wait_for(closed.wait(), 10)
    assert not host.sessions.all()
    await memory.publish(subjects.PLACER_BEAT, b"")
    monkeypatch.setattr(lease, "LASTS_S", 60.0)
    assert await worker.tell("h1", OpenSession(at_epoch(spec, 2))) == Done()


async def test_a_host_without_any_placer_keeps_its_sessions(
    session: ScriptedSession, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LASTS_S", 0.0)
    assert not host.lease.lapsed


async def test_a_stopping_host_gives_back_its_jobs_and_refuses_new_ones(
    session: ScriptedSession, worker: Any, host: Host, submit: Any
) -> None:
    await submit("a")
    await worker.first(Sent, "a")
    assert await worker.tell("h1", StopHost()) == Done()
    answer = await submit("b")
    assert isinstance(answer, Refused)
    assert answer.code == "stopping"
    await asyncio.wait_for(host.stopped.wait(), 10)
    assert not session.connected


async def test_an_engine_host_links_nothing(host: Host, worker: Any, spec: SessionSpec) -> None:
    assert isinstance(await worker.tell("h1", StartPairing(spec)), Refused)
