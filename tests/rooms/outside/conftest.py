"""A sink that counts who connects, names that resolve as a test says, and the outside door with rules of its own."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from messageapi.outside.addresses import networks
from messageapi.outside.door import Outside, Rules

HERE = Path(__file__).parent
_watching: list[list[object]] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and _watching and isinstance(arguments[1], tuple):
        _watching[-1].append(arguments[1])


sys.addaudithook(_audit)


@pytest.fixture
def connects() -> Iterator[list[object]]:
    """Every address the process tries to connect to over IP during the test, seen by the interpreter itself."""
    _watching.append([])
    yield _watching[-1]
    _watching.pop()


class Names(AbstractResolver):
    """`answers[name]` is a list of look-ups, each a list of addresses; the last one is repeated."""

    def __init__(self, answers: dict[str, list[list[str]]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        name = host.lower().rstrip(".")
        self.asked.append(name)
        turns = self.answers.get(name) or [[]]
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        if not found:
            raise OSError(None, "no such name")
        return [self._result(host, each, port) for each in found]

    @staticmethod
    def _result(host: str, address: str, port: int) -> ResolveResult:
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)

    async def close(self) -> None:
        return None


@pytest.fixture
def names() -> Names:
    lines = [line.split() for line in (HERE / "names.txt").read_text().splitlines()]
    return Names({name: [addresses] for name, *addresses in lines})


@dataclass
class Sink:
    """Takes connections on every loopback address and counts them before anything is said."""

    port: int = 0
    taken: int = 0
    servers: list[asyncio.Server] = field(default_factory=list)

    async def open(self) -> None:
        for host in ("127.0.0.1", "::1"):
            server = await asyncio.start_server(self._take, host, self.port)
            self.port = server.sockets[0].getsockname()[1]
            self.servers.append(server)

    async def _take(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        writer.close()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    opened = Sink()
    await opened.open()
    yield opened
    for server in opened.servers:
        server.close()


Open = Callable[..., Outside]


@pytest.fixture
async def outside(names: Names) -> AsyncIterator[Open]:
    """Open a door: `outside(ports, private="127.0.0.0/8")`."""
    opened: list[Outside] = []

    def door(ports: Sequence[int], private: str = "", tls: object = True) -> Outside:
        rules = Rules(frozenset(ports), networks(private), tls, lambda: names)  # type: ignore[arg-type]
        opened.append(Outside(rules))
        return opened[-1]

    yield door
    for each in opened:
        await each.close()


Serve = Callable[..., object]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(handler, host="127.0.0.1")` answers every request with it; gives the port."""
    runners: list[web.AppRunner] = []

    async def start(handler: object, host: str = "127.0.0.1", tls: object = None) -> int:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", handler)  # type: ignore[arg-type]
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, host, 0, ssl_context=tls)  # type: ignore[arg-type]
        await site.start()
        return int(runner.addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()
