"""A worker that delivers, receivers on loopback that do as they are told, and events to deliver."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from messageapi.outside.addresses import networks
from messageapi.outside.door import Outside, Rules
from messageapi.store.db import Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.caller import Caller
from messageapi.vocab.events import NumberMoved
from messageapi.web.doors import Doors
from messageapi.webhooks.create import Made, create
from messageapi.webhooks.find import Delivery, deliveries_of
from messageapi.webhooks.schemas import NewWebhook
from messageapi.workers.deliveries import Deliveries

LOOPBACK = networks("127.0.0.0/8")


class AnyPort(frozenset[int]):
    """Receivers of tests listen where the system lets them."""

    def __contains__(self, port: object) -> bool:
        return True


@dataclass
class Got:
    """One request that came."""

    at: float
    headers: dict[str, str]
    body: bytes
    json: dict[str, Any]


Answer = Callable[[web.Request, Got], Awaitable[web.StreamResponse]]


@dataclass
class Receiver:
    """`answer` says what it does; by default it takes everything. `got` is what came, in order."""

    got: list[Got] = field(default_factory=list)
    answer: Answer | None = None
    port: int = 0
    scheme: str = "http"
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def names(self) -> list[str]:
        return [str(got.json["data"]["name"]) for got in self.got]

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        parsed = await request.json() if body else {}
        got = Got(asyncio.get_running_loop().time(), headers, body, parsed)
        async with self._came:
            self.got.append(got)
            self._came.notify_all()
        return await self.answer(request, got) if self.answer else web.Response()

    async def until(self, count: int, seconds: float = 20) -> list[Got]:
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self.got) >= count)
        return self.got


@pytest.fixture
async def receiver() -> AsyncIterator[Callable[..., Awaitable[Receiver]]]:
    runners: list[web.AppRunner] = []

    async def start(answer: Answer | None = None, tls: ssl.SSLContext | None = None) -> Receiver:
        made = Receiver(answer=answer, scheme="https" if tls else "http")
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{rest:.*}", made.take)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        made.port = int(runner.addresses[0][1])
        return made

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    opened = Outside(Rules(ports=AnyPort(), private=LOOPBACK))
    yield opened
    await opened.close()


@pytest.fixture
async def deliveries(doors: Doors) -> AsyncIterator[Deliveries]:
    """A worker that runs."""
    running = Deliveries(doors)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def endpoint(doors: Doors, alice: Caller) -> Callable[..., Awaitable[Made]]:
    async def make(url: str, **more: Any) -> Made:
        return await create(doors, alice, NewWebhook(url=url, **more))

    return make


class Events:
    """Makes things happen. Each event is known by the name it carries."""

    def __init__(self, doors: Doors, owner: Caller) -> None:
        self._doors = doors
        self._owner = owner

    async def happen(
        self, *names: str, chat: str | None = None, number: str | None = None, kind: str = "number.connected"
    ) -> None:
        sealer = await self._doors.keyring.sealer(self._owner.account_id)
        rows = [
            outbox_row(
                sealer,
                account_id=self._owner.account_id,
                number_id=number,
                chat=chat or name,
                type=kind,
                data=NumberMoved(
                    name=name, phone=None, lid=None, state="x", reason_code=None, reason=None, since=None, until=None
                ),
                now=self._doors.clock(),
                hours=72,
            )
            for name in names
        ]

        async def work(tx: Tx) -> None:
            await emit(tx, rows)

        await self._doors.db.writer.run(work)


@pytest.fixture
def events(doors: Doors, alice: Caller) -> Events:
    return Events(doors, alice)


@pytest.fixture
def delivered(doors: Doors, alice: Caller) -> Callable[[str], Awaitable[list[Delivery]]]:
    """The endpoint's deliveries, the oldest event first."""

    async def read(webhook_id: str) -> list[Delivery]:
        found = await doors.db.read(lambda tx: deliveries_of(tx, alice, webhook_id, None, None, 10_000))
        return found[::-1]

    return read


@pytest.fixture
def settled(delivered: Callable[[str], Awaitable[list[Delivery]]]) -> Callable[..., Awaitable[list[Delivery]]]:
    """Ask until what is said of the deliveries is so."""

    async def until(webhook_id: str, so: Callable[[list[Delivery]], bool], seconds: float = 20) -> list[Delivery]:
        async with asyncio.timeout(seconds):
            while not so(found := await delivered(webhook_id)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # nothing rings when a row is written
        return found

    return until


class Stage(NamedTuple):
    """All that a test of a running worker needs."""

    doors: Doors
    alice: Caller
    deliveries: Deliveries
    endpoint: Callable[..., Awaitable[Made]]
    receiver: Callable[..., Awaitable[Receiver]]
    events: Events
    delivered: Callable[[str], Awaitable[list[Delivery]]]
    settled: Callable[..., Awaitable[list[Delivery]]]


@pytest.fixture
def stage(request: pytest.FixtureRequest, deliveries: Deliveries) -> Stage:
    return Stage(*(request.getfixturevalue(name) for name in Stage._fields))
