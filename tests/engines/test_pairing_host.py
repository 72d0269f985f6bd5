"""A pairing host links one number and reports how it went."""

from typing import Any

import pytest

from messageapi.engines.host import pairing
from messageapi.engines.port import (
    Done,
    EngineError,
    Linked,
    OpenSession,
    PairingCode,
    PairingFailed,
    Qr,
    Refused,
    SessionSpec,
    StartPairing,
)
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession


@pytest.fixture
async def linking(make_host: Any, worker: Any) -> object:
    return await make_host("p1", kind="pairing")


async def test_a_number_is_linked_by_qr(linking: Any, worker: Any, spec: SessionSpec) -> None:
    assert await worker.tell("p1", StartPairing(spec)) == Done()
    await worker.until(lambda: len(worker.pairing) == 2)
    shown, linked = worker.pairing
    assert isinstance(shown, Qr)
    assert isinstance(linked, Linked)


async def test_a_number_is_linked_by_a_code(linking: Any, worker: Any, spec: SessionSpec) -> None:
    await worker.tell("p1", StartPairing(spec, phone="4915100000001"))
    await worker.until(lambda: worker.pairing)
    assert isinstance(worker.pairing[0], PairingCode)


async def test_linking_ends_after_its_time(
    linking: Any, worker: Any, spec: SessionSpec, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "LIMIT_S", 0.05)
    engine.pairings["num_1"] = [Qr("code", 0)]
    await worker.tell("p1", StartPairing(spec))
    await worker.until(lambda: len(worker.pairing) == 2)
    failed = worker.pairing[1]
    assert isinstance(failed, PairingFailed)
    assert failed.code == "timeout"


async def test_an_engine_that_cannot_link_says_why(
    linking: Any, worker: Any, spec: SessionSpec, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise EngineError("network", "WhatsApp did not give a code.", permanent=False)

    monkeypatch.setattr(engine, "pair", refuse)
    await worker.tell("p1", StartPairing(spec))
    await worker.until(lambda: worker.pairing)
    assert worker.pairing == [PairingFailed("network", "WhatsApp did not give a code.")]


async def test_one_host_links_one_number(linking: Any, worker: Any, spec: SessionSpec, engine: ScriptedEngine) -> None:
    engine.pairings["num_1"] = [Qr("code", 0)]
    await worker.tell("p1", StartPairing(spec))
    answer = await worker.tell("p1", StartPairing(spec))
    assert isinstance(answer, Refused)
    assert answer.code == "host_full"


async def test_a_pairing_host_holds_nothing(linking: Any, worker: Any, spec: SessionSpec) -> None:
    assert isinstance(await worker.tell("p1", OpenSession(spec)), Refused)


async def test_a_number_that_is_held_is_not_linked_over(
    session: ScriptedSession, linking: Any, worker: Any, spec: SessionSpec
) -> None:
    answer = await worker.tell("p1", StartPairing(spec))
    assert isinstance(answer, Refused)
    assert answer.code == "engine_failed"
