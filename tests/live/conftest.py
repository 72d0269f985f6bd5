"""The whole HTTP app on a socket, as the product serves it, and listeners that read it as a stream."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from messageapi.app import build_app
from messageapi.keys.create import create_key
from messageapi.live.stream import Live, live
from messageapi.settings import Settings
from messageapi.store.db import Database, Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.caller import SCOPES, Caller
from messageapi.vocab.events import NumberMoved
from messageapi.web.doors import Doors
from messageapi.web.serving import server

EVENTS = "/api/v1/events"
LONGEST_S = 20


@pytest.fixture
def database(any_database: Database) -> Database:
    """Everything runs once on each kind."""
    return any_database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), streams_per_key=5)


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
