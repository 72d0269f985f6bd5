"""Workers on twins: a real database, a bus in memory, a clock that stands still, hosts that do as they are told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.bus.port import Reply, Subscription
from messageapi.engines.port import (
    CloseSession,
    Command,
    Done,
    HostBeat,
    HostGone,
    Network,
    OpenSession,
    Refused,
)
from messageapi.numbers import find, rows
from messageapi.numbers.create import create
from messageapi.numbers.number import Number, Placement
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import Clock
from messageapi.web.doors import Doors


class Moveable(Clock, Protocol):
    def forward(self, ms: int) -> None: ...


async def quiet() -> None:
    """Let everything that was published be handled."""
    for _ in range(20):
        await asyncio.sleep(0)


class FakeHost:
    """An engine host as the placer sees it. `refuses`: the code it answers every OpenSession with."""

    def __init__(self, bus: MemoryBus, clock: Clock, host_id: str, network: Network, capacity: int) -> None:
        self.bus, self.clock, self.id, self.network, self.capacity = bus, clock, host_id, network, capacity
        self.sessions: dict[str, int] = {}
        self.heard: list[Command] = []
        self.refuses = ""
        self.stopping = False
        self._subscription: Subscription | None = None

    async def start(self) -> "FakeHost":
        self._subscription = await self.bus.subscribe(subjects.host(self.id), self._on_command)
        await self.beat()
        return self

    async def _on_command(self, _: str, payload: bytes, reply: Reply | None) -> None:
        command: Command = msgspec.msgpack.decode(payload, type=Command)
        self.heard.append(command)
        assert reply
        await reply(msgspec.msgpack.encode(self._answer(command)))

    def _answer(self, command: Command) -> Done | Refused:
        match command:
            case OpenSession() if self.refuses:
                return Refused(self.refuses, "as told")
            case OpenSession(spec=spec):
                self.sessions[spec.number_id] = spec.epoch
            case CloseSession(number_id=number, epoch=epoch) if self.sessions.get(number) == epoch:
                del self.sessions[number]
            case CloseSession():
                return Refused("unknown_number", "as told")
        return Done()

    async def beat(self) -> None:
        held = list(self.sessions.items())
        beat = HostBeat(self.id, self.network, "engine", self.capacity, held, 1, self.clock(), self.stopping)
        await self.bus.publish(subjects.BEATS, msgspec.msgpack.encode(beat))
        await quiet()

    async def die(self, *, told: bool, code: str = "exited") -> None:
        """`told`: a supervisor noticed and says so; otherwise there is only silence."""
        if self._subscription:
            await self._subscription.stop()
        if told:
            await self.bus.publish(subjects.HOSTS_GONE, msgspec.msgpack.encode(HostGone(self.id, self.network, code)))
            await quiet()


StartHost = Callable[..., Awaitable[FakeHost]]
Linked = Callable[..., Awaitable[str]]
Look = Callable[[str], Awaitable[Number]]
Where = Callable[[str], Awaitable[Placement]]


@pytest.fixture
async def start_host(bus: MemoryBus, clock: Clock) -> StartHost:
    async def start(host_id: str, network: Network = "sandbox", capacity: int = 10) -> FakeHost:
        return await FakeHost(bus, clock, host_id, network, capacity).start()

    return start


@pytest.fixture
def linked(doors: Doors, alice: Caller) -> Linked:
    """A number that was linked and waits for a host; its id."""

    async def make(name: str = "shop", network: Network = "sandbox") -> str:
        number = await create(doors, alice, name=name, network=network)

        async def work(tx: Tx) -> None:
            known = {
                "jid": f"1202555{number.id[-4:]}:1@s.whatsapp.net",
                "phone": "+12025550101",
                "reason_code": "opening",
            }
            await rows.change(tx, number.id, "created", state="connecting", **known)
            await rows.want(tx, number.id)

        await doors.db.writer.run(work)
        return number.id

    return make


@pytest.fixture
def look(doors: Doors, alice: Caller) -> Look:
    async def read(number_id: str) -> Number:
        async with doors.db.reading() as tx:
            return await find.one(tx, alice, number_id)

    return read


@pytest.fixture
def where(doors: Doors) -> Where:
    async def read(number_id: str) -> Placement:
        async with doors.db.reading() as tx:
            found = await rows.placement_of(tx, number_id)
        assert found
        return found

    return read


@pytest.fixture
async def told(bus: MemoryBus) -> AsyncIterator[list[str]]:
    """Every placer beat that was published."""
    beats: list[str] = []

    async def hear(subject: str, _: bytes, __: Reply | None) -> None:
        beats.append(subject)

    subscription = await bus.subscribe(subjects.PLACER_BEAT, hear)
    yield beats
    await subscription.stop()
