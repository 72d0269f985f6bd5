"""The bus on NATS core. It reconnects for ever with capped back-off; what was published meanwhile may be lost."""

import asyncio
import contextlib
import random
from collections.abc import Iterator

import nats.errors
from nats.aio.client import Client, Server
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription

from messageapi.bus.lane import LANE_LIMIT, Lane
from messageapi.bus.limits import check_payload, closed, no_answer, no_listener, too_large, unreachable
from messageapi.bus.port import BusError, Handler, Reply
from messageapi.logs import log

CONNECT_DEADLINE_S = 10.0
PING_DEADLINE_S = 2
PING_EVERY_S = 10
LEAVE_S = 1.0
LONGEST_PAUSE_S = 2.0
OUT_BUFFER = 8 << 20  # bytes kept while there is no connection


async def connect(url: str) -> "NatsBus":
    """nats://token@host:4222, several separated by commas. BusError(unreachable) after CONNECT_DEADLINE_S."""
    bus = NatsBus(url)
    await bus.connect()
    return bus


class NatsBus:
    """Subscriptions outlive the connection: they are made again after every reconnect."""

    def __init__(self, url: str) -> None:
        self._servers = [each.strip() for each in url.split(",")]
        self.client = Client()
        self._listeners: set[_Listener] = set()
        self._asking: set[asyncio.Timeout] = set()
        self._closing = False
        self._refused = asyncio.Event()
        self._reviving: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        client = Client()
        self._refused.clear()
        connecting = asyncio.create_task(self._connect(client))
        refused = asyncio.create_task(self._refused.wait())
        try:
            await asyncio.wait({connecting, refused}, timeout=CONNECT_DEADLINE_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            refused.cancel()
            connecting.cancel()
        if connecting.done():
            try:
                connecting.result()
            except nats.errors.Error as problem:  # such as an address that is none
                raise unreachable(str(problem).removeprefix("nats: "), permanent=True) from None
            self.client = client
            return
        await asyncio.wait({connecting})
        await client.close()
        why = "it refused the token" if self._refused.is_set() else "no connection"
        raise unreachable(why, permanent=self._refused.is_set())

    async def publish(self, subject: str, payload: bytes) -> None:
        check_payload(subject, payload)
        with self.translated(subject, payload):
            await self.client.publish(subject, payload)

    async def ask(self, subject: str, payload: bytes, *, deadline_s: float) -> bytes:
        check_payload(subject, payload)
        limit = asyncio.timeout(deadline_s)
        self._asking.add(limit)
        try:
            with self.translated(subject, payload):
                async with limit:
                    answer = await self.client.request(subject, payload, timeout=deadline_s + 1)
                    return bytes(answer.data)
        except TimeoutError:
            raise (closed() if self._closing else no_answer(subject, deadline_s)) from None
        finally:
            self._asking.discard(limit)

    async def subscribe(
        self, subject: str, handler: Handler, *, queue: str = "", concurrent: bool = False
    ) -> "_Listener":
        listener = _Listener(self, subject, queue, Lane(handler, concurrent=concurrent))
        try:
            await listener.attach(self.client)
        except BusError:
            await listener.lane.finish()
            raise
        self._listeners.add(listener)
        return listener

    async def ping(self) -> None:
        with self.translated("ping", b""):
            try:
                await _round_trip(self.client)
            except TimeoutError:
                raise no_answer("ping", PING_DEADLINE_S) from None

    async def close(self) -> None:
        """Handle what came, send what is owed, then leave. Whoever still waits for an answer hears `closed`."""
        if self._closing:
            return
        self._closing = True
        if self._reviving:
            self._reviving.cancel()
        await asyncio.gather(*(listener.stop() for listener in list(self._listeners)))
        self._give_up_asking()
        with contextlib.suppress(TimeoutError, nats.errors.Error, OSError):
            async with asyncio.timeout(LEAVE_S):
                if self.client.is_connected:
                    await _round_trip(self.client)
                await self.client.close()

    def forget(self, listener: "_Listener") -> None:
        self._listeners.discard(listener)

    @contextlib.contextmanager
    def translated(self, subject: str, payload: bytes) -> Iterator[None]:
        """The library's errors as ours."""
        try:
            yield
        except nats.errors.NoRespondersError:
            raise no_listener(subject) from None
        except nats.errors.MaxPayloadError:
            raise too_large(subject, len(payload)) from None
        except (nats.errors.ConnectionClosedError, nats.errors.ConnectionDrainingError):
            raise (closed() if self._closing else unreachable("it closed the connection")) from None
        except nats.errors.OutboundBufferLimitError:
            raise unreachable("too much waits to be sent already") from None
        except nats.errors.BadSubjectError:
            raise BusError("bad_subject", f"{subject!r} is not a subject", permanent=True) from None

    async def _connect(self, client: Client) -> None:
        async def on_closed() -> None:
            await self._on_closed(client)

        await client.connect(
            servers=self._servers,
            name="messageapi",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            reconnect_to_server_handler=_next_server,
            connect_timeout=2,
            ping_interval=PING_EVERY_S,
            max_outstanding_pings=2,
            pending_size=OUT_BUFFER,
            flush_timeout=PING_DEADLINE_S,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_reconnected,
            closed_cb=on_closed,
        )

    async def _on_error(self, problem: Exception) -> None:
        if "authorization" in str(problem).lower():
            self._refused.set()
        if isinstance(problem, nats.errors.SlowConsumerError):
            log("bus").error("handler_too_slow", subject=problem.subject, waiting=LANE_LIMIT)
        log("bus").debug("nats_error", cause=type(problem).__name__)

    async def _on_disconnected(self) -> None:
        """Whoever waits for an answer waits in vain: the question or its answer may be lost with the connection."""
        if not self._closing:
            log("bus").warning("disconnected", asking=len(self._asking))
        self._give_up_asking()

    def _give_up_asking(self) -> None:
        for limit in self._asking:
            limit.reschedule(asyncio.get_running_loop().time())

    async def _on_reconnected(self) -> None:
        log("bus").info("reconnected")

    async def _on_closed(self, client: Client) -> None:
        """The library gives up for good on some errors of the server, such as a token that was changed: we do not."""
        reviving = self._reviving is not None and not self._reviving.done()
        if client is self.client and not self._closing and not reviving:
            self._reviving = asyncio.create_task(self._revive(), name="bus-revive")

    async def _revive(self) -> None:
        """Until a connection stands that was not closed again meanwhile."""
        while self.client.is_closed:
            try:
                await self.connect()
                for listener in list(self._listeners):
                    await listener.attach(self.client)
            except BusError as problem:
                log("bus").warning("still_disconnected", detail=problem.detail)
                await self.client.close()
                await asyncio.sleep(LONGEST_PAUSE_S)


class _Listener:
    def __init__(self, bus: NatsBus, subject: str, queue: str, lane: Lane) -> None:
        self._bus = bus
        self._subject = subject
        self._queue = queue
        self._subscription: NatsSubscription | None = None
        self.lane = lane

    async def attach(self, client: Client) -> None:
        async def put(message: Msg) -> None:
            self.lane.put(message.subject, message.data, _reply_to(self._bus, message) if message.reply else None)

        with self._bus.translated(self._subject, b""):
            self._subscription = await client.subscribe(
                self._subject, queue=self._queue, cb=put, pending_msgs_limit=LANE_LIMIT
            )
            with contextlib.suppress(TimeoutError):  # it is made again with the next connection
                await _round_trip(client)

    async def stop(self) -> None:
        self._bus.forget(self)
        if self._subscription is not None:
            with contextlib.suppress(TimeoutError, nats.errors.Error, OSError):
                async with asyncio.timeout(LEAVE_S):
                    await self._subscription.drain()
                    await _round_trip(self._bus.client)
        await self.lane.finish()


async def _round_trip(client: Client) -> None:
    """The server has seen everything sent so far. The library's own flush overtakes what it still buffers."""
    with contextlib.suppress(nats.errors.NoRespondersError):
        await client.request(client.new_inbox(), timeout=PING_DEADLINE_S)


def _reply_to(bus: NatsBus, message: Msg) -> Reply:
    async def reply(payload: bytes) -> None:
        check_payload(message.subject, payload)
        with bus.translated(message.subject, payload):
            await message.respond(payload)

    return reply


def _next_server(servers: list[Server], _: dict[str, object]) -> tuple[Server, float]:
    """The one that failed least often, after a pause that doubles up to LONGEST_PAUSE_S, with jitter."""
    chosen = min(servers, key=lambda server: server.reconnects)
    pause = min(LONGEST_PAUSE_S, 0.05 * 2 ** min(chosen.reconnects, 10))
    return chosen, pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
