"""The whole HTTP app on a fresh database, and the cast that calls it."""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import structlog

from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.settings import Settings
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors
from messageapi.web.front import Front


@pytest.fixture(scope="session")
def cast(beside: Callable[[str], ModuleType]) -> ModuleType:
    return beside("cast")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), request_bytes=65_536)


class Running:
    """Drives an app's lifespan as a server would."""

    def __init__(self, app: Front) -> None:
        self._app = app
        self._to: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._from: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def __aenter__(self) -> Front:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._task = asyncio.create_task(self._app(scope, self._to.get, self._from.put))
        await self._ask("startup")
        return self._app

    async def __aexit__(self, *_: object) -> None:
        await self._ask("shutdown")
        await self._task

    async def _ask(self, what: str) -> None:
        await self._to.put({"type": f"lifespan.{what}"})
        assert (await self._from.get())["type"] == f"lifespan.{what}.complete"


@pytest.fixture(scope="session")
def routing(beside: Callable[[str], ModuleType]) -> Any:
    return beside("routing").Routing()


@pytest.fixture
async def app(doors: Doors, routing: Any) -> AsyncIterator[Front]:
    with routing.built(doors) as front:
        async with Running(front) as running:
            yield running


@pytest.fixture
async def another_process(doors: Doors, routing: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A second web process on the same database that hears no bells of the first."""
    deaf = dataclasses.replace(doors, bus=MemoryBus(), bells=Bells(MemoryBus(), remote=False), underway=set())
    with routing.built(deaf) as front:
        async with Running(front) as running, _client(running) as client:
            yield client


def _client(app: Front) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture
async def client(app: Front) -> AsyncIterator[httpx.AsyncClient]:
    """Without a key."""
    async with _client(app) as opened:
        yield opened


Hire = Callable[[Caller, tuple[str, ...] | None], Awaitable[object]]


@pytest.fixture
def hire(doors: Doors, client: httpx.AsyncClient, make: ModuleType, cast: ModuleType) -> Hire:
    """Give an account a person with a key of these scopes."""

    return cast.hiring(doors, client, make)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def visiting(routing: Any) -> Callable[[Doors], contextlib.AbstractAsyncContextManager[httpx.AsyncClient]]:
    """The app on these doors, and a client without a key."""

    @contextlib.asynccontextmanager
    async def opened(doors: Doors) -> AsyncIterator[httpx.AsyncClient]:
        with routing.built(doors) as front:
            async with Running(front) as running, _client(running) as client:
                yield client

    return opened


@pytest.fixture
async def alice(doors: Doors, make: ModuleType, hire: Hire) -> object:
    """Owns an account; her key can do everything."""
    return await hire(await make.make_account(doors, name="Alice"), None)


@pytest.fixture
async def bob(alice: object, hire: Hire) -> object:
    """Alice's colleague, who may read but neither send nor manage."""
    return await hire(alice.caller, ("messages:read", "numbers:read"))  # type: ignore[attr-defined]


@pytest.fixture
async def charlie(doors: Doors, make: ModuleType, hire: Hire) -> object:
    """Owns another account and must never see anything of Alice's."""
    return await hire(await make.make_account(doors, name="Charlie"), None)


@pytest.fixture
async def number(doors: Doors, make: ModuleType, alice: Any) -> str:
    """Alice's, and connected; its id."""
    return str(await make.make_number(doors, alice.caller))


@pytest.fixture
async def host(bus: MemoryBus, beside: Callable[[str], ModuleType]) -> AsyncIterator[Any]:
    """Answers questions as it is told."""
    started = await beside("simulators/host").ScriptedHost(bus).start()
    yield started
    await started.stop()


@pytest.fixture
async def held(doors: Doors, make: ModuleType, alice: Any, host: Any) -> str:
    """Alice's number, connected and held by the host; its id."""
    made = str(await make.make_number(doors, alice.caller))
    await make.make_placement(doors, made, host_id=host.id)
    host.holds(made, 1)
    return made


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything written to any log during the test, rendered."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    def keep(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        lines.append(repr(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    handler, root = Keep(logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, keep],
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=False,
    )
    yield lines
    structlog.configure(**before)
    root.removeHandler(handler)
    root.setLevel(level)
