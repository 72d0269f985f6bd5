"""The whole HTTP app on a socket, as the product serves it, and listeners that read it as a stream."""

import asyncio
import contextlib
import importlib.util
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.app import build_app
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.bus.subjects import BELL_EVENTS
from messageapi.keys.create import create_key
from messageapi.live.stream import Live, live
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database, Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.store.vault import Vault
from messageapi.vocab.caller import SCOPES, Caller, operator_for
from messageapi.vocab.clock import Clock
from messageapi.vocab.events import NumberMoved
from messageapi.web.doors import Doors
from messageapi.web.serving import server

EVENTS = "/api/v1/events"
LONGEST_S = 20


def doors_on(database: Database, vault: Vault, clock: Clock, folder: Path, **settings: Any) -> Doors:
    bus = MemoryBus()
    bells = Bells(bus, remote=False)
    database.writer.on_events = lambda account_id: bells.ring(BELL_EVENTS, account_id)
    keyring, blobs = AccountKeyring(database, vault), FolderBlobs(folder / "blobs")
    return Doors(Settings(**settings), database, bus, bells, vault, clock, keyring, blobs, Outside(Rules()))


@pytest.fixture
def doors(any_database: Database, vault: Vault, clock: Clock, tmp_path: Path) -> Doors:
    return doors_on(any_database, vault, clock, tmp_path, streams_per_key=5)


@dataclass
class Frame:
    """What came between two empty lines."""

    id: str | None = None
    event: str | None = None
    data: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        assert self.data
        return str(self.data["data"]["name"])


@dataclass
class Stream:
    """Reads frames; `last_id` is what a client would come back with."""

    response: aiohttp.ClientResponse
    last_id: str | None = None
    hello: Frame = field(default_factory=Frame)

    async def frame(self, seconds: float = LONGEST_S) -> Frame | None:
        """None when the stream has ended."""
        found = Frame()
        async with asyncio.timeout(seconds):
            while line := (await self.response.content.readline()).decode():
                name, _, value = line.rstrip("\n").partition(": ")
                match name:
                    case "id":
                        found.id = self.last_id = value
                    case "event":
                        found.event = value
                    case "data":
                        found.data = json.loads(value)
                    case "" if line == "\n":
                        return found
        return None

    async def event(self, seconds: float = LONGEST_S) -> Frame:
        """The next frame that brings something."""
        while frame := await self.frame(seconds):
            if frame.data is not None:
                return frame
        raise EOFError

    async def names(self, count: int) -> list[str]:
        return [(await self.event()).name for _ in range(count)]


@dataclass
class Site:
    """A running server, and how to call it."""

    url: str
    doors: Doors
    streams: Live
    client: aiohttp.ClientSession
    key: str = ""
    opened: list[aiohttp.ClientResponse] = field(default_factory=list)

    async def listen(self, last_id: str | None = None, *, key: str = "", **query: str) -> Stream:
        headers = {"X-API-Key": key or self.key, "Accept": "text/event-stream"}
        headers |= {"Last-Event-ID": last_id} if last_id else {}
        response = await self.client.get(self.url + EVENTS, headers=headers, params=query)
        self.opened.append(response)
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        stream = Stream(response)
        first = await stream.frame()
        assert first
        stream.hello = first
        return stream

    async def get(self, path: str = EVENTS, *, key: str = "", **query: str) -> tuple[int, dict[str, Any]]:
        async with self.client.get(self.url + path, headers={"X-API-Key": key or self.key}, params=query) as response:
            return response.status, await response.json()


@contextlib.asynccontextmanager
async def site_on(doors: Doors) -> AsyncIterator[Site]:
    """Stops as the product does: streams first."""
    streams = live(doors)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = server(build_app(doors, streams=streams), "127.0.0.1", 0)
        running.config.timeout_graceful_shutdown = 1
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as client:
            yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", doors, streams, client)
            await streams.close()
            running.should_exit = True
            await serving


@pytest.fixture
def serve() -> Callable[[Doors], contextlib.AbstractAsyncContextManager[Site]]:
    return site_on


@pytest.fixture
async def site(doors: Doors, alice: Caller) -> AsyncIterator[Site]:
    async with site_on(doors) as running:
        running.key = (await create_key(doors, alice, name="all", scopes=SCOPES)).key
        yield running


@pytest.fixture
async def alice(doors: Doors) -> Caller:
    return operator_for(await create_account(doors, name="Alice", email="alice@example.com"))


@pytest.fixture
async def charlie(doors: Doors) -> Caller:
    return operator_for(await create_account(doors, name="Charlie", email="charlie@example.com"))


Happen = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def happen(doors: Doors, alice: Caller) -> Happen:
    """Events of one transaction, each known by its name; their ids. `before_commit` holds it open, `began` says so."""

    async def write(*names: str, by: Doors = doors, owner: Caller = alice, **how: Any) -> list[str]:
        sealer = await by.keyring.sealer(owner.account_id)
        rows = [_row(by, sealer, owner, name, how) for name in names]

        async def work(tx: Tx) -> None:
            await emit(tx, rows)
            if "began" in how:
                how["began"].set()
                await how["before_commit"].wait()

        await by.db.writer.run(work)
        return [str(row["id"]) for row in rows]

    return write


def _row(doors: Doors, sealer: Any, owner: Caller, name: str, how: dict[str, Any]) -> dict[str, object]:
    facts = NumberMoved(
        name=name, phone=None, lid=None, state="x", reason_code=None, reason=None, since=None, until=None
    )
    return outbox_row(
        sealer,
        account_id=owner.account_id,
        number_id=how.get("number"),
        chat=name[:20],
        type=how.get("kind", "number.connected"),
        data=facts,
        now=doors.clock(),
        hours=72,
    )


@pytest.fixture
async def another_process(
    request: pytest.FixtureRequest, any_url: str, vault: Vault, clock: Clock, tmp_path: Path
) -> AsyncIterator[Doors]:
    """On the same database; no bell reaches it or comes from it. SQLite has one process: there it shares the file."""
    if any_url.startswith("sqlite"):
        yield replace(doors_on(request.getfixturevalue("any_database"), vault, clock, tmp_path))
        return
    opened = await Database.open(any_url)
    yield doors_on(opened, vault, clock, tmp_path)
    await opened.close()


@pytest.fixture
def module() -> Callable[[str], ModuleType]:
    """A module of the tests folder, which is no package."""

    def beside(name: str) -> ModuleType:
        path = Path(__file__).parents[1] / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return beside
