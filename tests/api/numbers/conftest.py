"""Linking on twins: a supervisor that starts pairing hosts which do as they are told, and the worker that listens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.bus.port import Reply
from messageapi.engines.port import (
    Command,
    Done,
    HostGone,
    PairingEvent,
    PairingUpdate,
    Qr,
    Refused,
    Spawned,
    StartPairing,
    UnlinkSession,
)
from messageapi.web.doors import Doors
from messageapi.workers.placing.pairing import Pairings


class FakeMachine:
    """A supervisor and its pairing hosts. `refuses`: the code it answers instead of starting one."""

    def __init__(self, bus: MemoryBus) -> None:
        self.bus = bus
        self.refuses = ""
        self.started: list[StartPairing] = []
        self.unlinked: list[UnlinkSession] = []
        self.released: list[str] = []
        self.alive: list[str] = []

    async def start(self) -> "FakeMachine":
        await self.bus.subscribe(subjects.SPAWN_PAIRING, self._on_spawn, queue="supervisor")
        await self.bus.subscribe(subjects.release("*"), self._on_release)
        await self.listen("engine_host")
        return self

    async def listen(self, host_id: str) -> None:
        await self.bus.subscribe(subjects.host(host_id), self._on_command)

    async def _on_spawn(self, _: str, __: bytes, reply: Reply | None) -> None:
        host_id = f"pairing_{len(self.started)}"
        answer: Spawned | Refused = Refused(self.refuses, "as told") if self.refuses else Spawned(host_id)
        if not self.refuses:
            self.alive.append(host_id)
            await self.listen(host_id)
        assert reply
        await reply(msgspec.msgpack.encode(answer))

    async def _on_release(self, subject: str, _: bytes, reply: Reply | None) -> None:
        self.released.append(subject.rpartition(".")[2])
        assert reply
        await reply(msgspec.msgpack.encode(Done()))

    async def _on_command(self, _: str, payload: bytes, reply: Reply | None) -> None:
        command = msgspec.msgpack.decode(payload, type=Command)
        if isinstance(command, StartPairing):
            self.started.append(command)
        if isinstance(command, UnlinkSession):
            self.unlinked.append(command)
        assert reply
        await reply(msgspec.msgpack.encode(Done()))

    async def says(self, event: PairingEvent, linking: int = -1) -> None:
        """The pairing host of this linking (the newest) reports."""
        spec = self.started[linking].spec
        update = PairingUpdate(spec.number_id, spec.epoch, event)
        await self.bus.publish(subjects.pairing(spec.number_id), msgspec.msgpack.encode(update))
        await _handled()

    async def dies(self, linking: int = -1) -> None:
        gone = HostGone(self.alive[linking], "sandbox", "exited")
        await self.bus.publish(subjects.HOSTS_GONE, msgspec.msgpack.encode(gone))
        await _handled()


async def _handled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
async def machine(bus: MemoryBus) -> FakeMachine:
    return await FakeMachine(bus).start()


@pytest.fixture
async def pairings(doors: Doors) -> AsyncIterator[Pairings]:
    worker = Pairings(doors)
    await worker.start()
    yield worker
    await worker.stop()


@pytest.fixture
async def number(alice: Any) -> str:
    """A new number of Alice's; its id."""
    return str((await alice.post("/api/v1/numbers", json={"name": "Shop", "network": "sandbox"})).json()["id"])


@pytest.fixture
async def linking(alice: Any, number: str, machine: FakeMachine, pairings: Pairings) -> str:
    """A number that is being linked; its id."""
    assert (await alice.post(f"/api/v1/numbers/{number}/link", json={})).status_code == 202
    assert machine.started
    assert pairings
    return number


@pytest.fixture
def qr(clock: Callable[[], int]) -> Callable[[str], Qr]:
    return lambda text: Qr(text, clock() + 20_000)
