"""Workers on twins: a real database, a bus in memory, a clock that stands still, hosts that do as they are told. And
the whole product as a process, with its sandbox.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import aiohttp
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
from messageapi.sandbox.client import SandboxControl
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import Clock
from messageapi.web.doors import Doors


class Moveable(Protocol):
    def __call__(self) -> int: ...

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


PATIENCE_S = 60


class Served(NamedTuple):
    """Where its data and its log lie, and what it said when it was ready."""

    data: Path
    log: Path
    ready: dict[str, Any]


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`messageapi serve`, with the file's SETTINGS where it has any."""
    folder = tmp_path_factory.mktemp("served")
    data, log = folder / "data", folder / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    settings = {"DATA": str(data), "PORT": "0", "LOG_LEVEL": "warning", **getattr(request.module, "SETTINGS", {})}
    ours = {f"MESSAGEAPI_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "messageapi.cli", "serve", "--json"]
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=kept | ours, stdout=subprocess.PIPE, stderr=said, text=True)
    assert process.stdout
    try:
        ready = process.stdout.readline()
        assert ready, log.read_text()
        yield Served(data, log, json.loads(ready))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        process.stdout.close()


class Product:
    """The API as its user, the network it runs on, the linked number's phone (`own`) and a `friend`."""

    def __init__(self, served: Served, http: aiohttp.ClientSession, network: SandboxControl) -> None:
        self.data, self.address = served.data, served.ready["address"]
        self.http, self.network = http, network
        self.own, self.friend = served.ready["phones"][:2]
        self.number = ""
        self.place = "oldest"

    async def start(self) -> "Product":
        """Events are told from here on, of a number that is connected."""
        (first, *_) = (await self.call("GET", "numbers"))["items"]
        self.number = f"numbers/{first['id']}"
        await self.until(self.number, state="connected")
        self.place = (await self.call("GET", "events"))["next"]
        return self

    async def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        url = f"{self.address}/api/v1/{path}"
        async with self.http.request(method, url, json=body, params=query or None) as response:
            assert response.status < 300, await response.text()
            return await response.json() if response.status != 204 else None

    async def until(self, path: str, **wanted: object) -> dict[str, Any]:
        """The resource as soon as it looks like this."""
        seen: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not seen or any(seen.get(name) != value for name, value in wanted.items()):
                    await asyncio.sleep(0.05 if seen else 0)
                    seen = await self.call("GET", path)
        except TimeoutError:
            pytest.fail(f"{path} did not become {wanted}, it is {seen}")
        return seen

    async def listed(self, path: str, count: int) -> list[dict[str, Any]]:
        """The list as soon as it has so many entries."""
        async with asyncio.timeout(PATIENCE_S):
            while len(items := (await self.call("GET", path))["items"]) != count:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.05)
        return list(items)

    async def told(self, kind: str, **having: object) -> dict[str, Any]:
        """The data of the next event of this type with these facts."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.call("GET", "events", after=self.place, types=kind, wait="20", limit="1")
                self.place = page["next"]
                for event in page["items"]:
                    data: dict[str, Any] = event["data"]
                    if all(data.get(name) == value for name, value in having.items()):
                        return data

    async def noticed(self, phone: str, kind: str, state: str, after: int = 0) -> Any:
        """The first that this phone notices behind number `after`."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.network.notices(phone, after, 5)
                for notice in page.notices:
                    if (notice.kind, notice.state) == (kind, state):
                        return notice
                after = page.next


@pytest.fixture
async def product(served: Served) -> AsyncIterator[Product]:
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": served.ready["key"]}) as http,
        SandboxControl.from_folder(served.data / "sandbox") as network,
    ):
        yield await Product(served, http, network).start()
        await network.lift()
