"""The parts of a running server: children, workers and web, started in the order they need each other."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Generator

import uvicorn

from messageapi import logs
from messageapi.app import build_app
from messageapi.live.stream import live
from messageapi.numbers.placing.placement import networks_in_use
from messageapi.operator.token import OperatorToken
from messageapi.web.doors import Doors
from messageapi.web.serving import server
from messageapi.wiring import Runtime
from messageapi.workers.chores import Chores
from messageapi.workers.deliveries import Deliveries
from messageapi.workers.fetching import Fetching
from messageapi.workers.inbox import Inbox
from messageapi.workers.lookout import Lookout
from messageapi.workers.mailroom import Mailroom
from messageapi.workers.placing.pairing import Pairings
from messageapi.workers.placing.placer import Placer
from messageapi.workers.processes.recipes import OwnRecipes
from messageapi.workers.processes.supervise import Supervisor
from messageapi.workers.removing import Removing
from messageapi.workers.sending.dispatch import Dispatcher
from messageapi.workers.timetable import Timetable

WEB_GRACE_S = 1  # for requests that are being answered; those that wait for WhatsApp are cut off
DISPATCH_GRACE_S = 1.0
_log = logs.log("serve")


class Machine:
    """`stop` may be called whatever has been started."""

    def __init__(self, runtime: Runtime, listener: socket.socket, token: OperatorToken) -> None:
        doors = self.doors = runtime.doors
        settings = doors.settings
        self._web = Web(doors, listener, token)
        self._dispatcher = Dispatcher(doors)
        self._placer = Placer(doors)
        self._supervisor = Supervisor(
            doors.bus,
            OwnRecipes(settings, runtime.bus_url),
            lambda: networks_in_use(doors),
            hosts=settings.engine_hosts,
            sandbox=settings.sandbox == "on",
        )
        self._pairings = Pairings(doors)
        self._inbox = Inbox(doors)
        self._chores = Chores(doors)
        self._deliveries = Deliveries(doors)
        self._lookout = Lookout(doors)
        self._timetable = Timetable(doors)
        self._fetching = Fetching(doors)
        self._removing = Removing(doors)
        self._mailroom = Mailroom(doors)

    @property
    def _watching(self) -> tuple[Chores | Lookout | Timetable | Mailroom | Fetching | Removing, ...]:
        return self._chores, self._lookout, self._timetable, self._mailroom, self._fetching, self._removing

    async def start(self) -> None:
        """Whoever takes in what hosts report is there before the first host speaks."""
        first = (self._inbox, self._deliveries, self._pairings, self._placer, self._dispatcher)
        for part in (*first, *self._watching):
            await part.start()
        await asyncio.gather(self._supervisor.start(), self._web.start())

    async def until_ended(self, stop: asyncio.Event) -> None:
        """Return when asked to stop, or when the web server ended by itself."""
        await self._web.until_ended(stop)

    async def stop(self) -> None:
        """Nothing new is taken; then hosts hand over what they have; then whoever took it in."""
        sending = _within(DISPATCH_GRACE_S, self._dispatcher.stop())
        await asyncio.gather(self._web.stop(), sending, self._deliveries.stop(), self._placer.stop())
        await self._supervisor.stop()
        await asyncio.gather(*(part.stop() for part in (self._pairings, self._inbox, *self._watching)))


class Web:
    """The HTTP server as a part like the others."""

    def __init__(self, doors: Doors, listener: socket.socket, token: OperatorToken) -> None:
        self._listener = listener
        self._streams = live(doors)
        config = server(build_app(doors, token, streams=self._streams), doors.settings.host, doors.settings.port).config
        config.timeout_graceful_shutdown = WEB_GRACE_S
        self._server = _Server(config)
        self.serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raise what kept it from starting."""
        self.serving = asyncio.create_task(self._server.serve(sockets=[self._listener]), name="web")
        up = asyncio.create_task(self._server.up.wait())
        await asyncio.wait({self.serving, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self.serving.done():
            self.serving.result()

    async def until_ended(self, stop: asyncio.Event) -> None:
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait({asked, *([self.serving] if self.serving else [])}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()

    async def stop(self) -> None:
        await self._streams.close()  # they would be waited for
        self._server.should_exit = True
        if self.serving:
            await asyncio.wait({self.serving})


class _Server(uvicorn.Server):
    """uvicorn that says when it is up, and leaves signals to the machine."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


async def _within(seconds: float, work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        _log.info("messages under way go on at the next start")
