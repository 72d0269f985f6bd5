"""One WebSocket of one client: handshake, then stanzas in and out, both encrypted, in order."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientConnectionResetError, WSMsgType, web

from messageapi.sandbox.network import Network
from messageapi.sandbox.server import login, stanzas
from messageapi.sandbox.server.pairing import Registration
from messageapi.sandbox.server.session import Session
from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.wire.nodes import decode, encode
from messageapi.sandbox.wire.noise import Frames, NoiseError, Responder, Transport, frame
from messageapi.sandbox.wire.stanza import Node, NodeError

HANDSHAKE_SECONDS = 20
HEADER = b"WA\x06\x03"  # protocol 6, dictionary 3: a client with another dictionary could not be understood
LARGEST_BACKLOG = 16 << 20  # bytes that wait for a client which does not read
FAREWELL_SECONDS = 1.0  # a client must read why it is sent away before the connection closes


class Connection:
    """Stanzas to be sent collect in `_out` until the writer takes them: one WebSocket message may carry many frames."""

    def __init__(self, network: Network, request: web.Request, responder: Responder, media_host: str) -> None:
        self._network = network
        self._request = request
        self._responder = responder
        self._media_host = media_host
        self._socket = web.WebSocketResponse(timeout=1.0, max_msg_size=8 << 20, compress=False)
        self._transport: Transport | None = None
        self._session: Session | None = None
        self._registration: Registration | None = None
        self._header = b""
        self._out = bytearray()
        self._wake = asyncio.Event()
        self._closing = False
        self.last_seen = asyncio.get_running_loop().time()

    async def run(self) -> web.WebSocketResponse:
        await self._socket.prepare(self._request)
        writer = asyncio.create_task(self._write())
        try:
            await self._talk()
        except (NoiseError, NodeError, SignalError, StopAsyncIteration, TimeoutError):
            self._network.stats.count("broken_connections")
        finally:
            self._leave()
            self.close()
            await writer
        return self._socket

    async def _talk(self) -> None:
        frames = self._frames()
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            hello = await anext(frames)
            self._queue(self._responder.read_hello(self._header, hello))
            noise_key, payload = self._responder.read_finish(await anext(frames))
            self._transport = self._responder.ciphers()
        if not self._enter(noise_key, payload):
            return
        async for received in frames:
            self._receive(received)

    async def _frames(self) -> AsyncIterator[bytes]:
        frames, start = Frames(), b""
        async for message in self._socket:
            data = message.data
            if message.type is not WSMsgType.BINARY:
                return
            if not self._header:
                start += data
                if len(start) < len(HEADER):
                    continue
                self._header, data = start[: len(HEADER)], start[len(HEADER) :]
                if self._header != HEADER:
                    raise NoiseError("the connection does not start with WA, protocol 6, dictionary 3")
            for received in frames.feed(data):
                yield received

    def _enter(self, noise_key: bytes, payload: bytes) -> bool:
        """Settle who this is in the same step as the handshake: the next frame may already be a message."""
        try:
            who = login.enter(self._network, noise_key, payload, self.send)
        except login.Refused as refused:
            self._network.stats.count("logins_refused")
            self.send(refused.node)
            return False
        if isinstance(who, Registration):
            self._registration = who
            who.offer()
        else:
            self._session = Session(self._network, who, self._media_host, self.send)
            login.welcome(self._network, who, self)
        return True

    def _receive(self, received: bytes) -> None:
        if self._transport is None:
            return
        node = decode(self._transport.decrypt(received), self._network.tokens)
        self.last_seen = asyncio.get_running_loop().time()
        if self._network.faults.silent:
            return
        if self._session:
            stanzas.handle(self._session, node)
        elif self._registration:
            stanzas.handle_unregistered(self._registration, node)

    def _leave(self) -> None:
        if self._registration:
            self._registration.leave()
        if self._session:
            device = self._session.device
            device.present = False
            if device.mailbox:
                device.mailbox.detach(self)

    # --- sending ---

    def send(self, node: Node) -> None:
        self.send_frame(encode(node, self._network.tokens))

    def send_frame(self, plain: bytes) -> None:
        if self._transport and not self._closing and not self._network.faults.silent:
            self._queue(self._transport.encrypt(plain))

    def _queue(self, data: bytes) -> None:
        self._out += frame(data)
        self._wake.set()
        if len(self._out) > LARGEST_BACKLOG:
            self.cut()

    async def _write(self) -> None:
        try:
            while self._out or not self._closing:
                await self._wake.wait()
                self._wake.clear()
                data, self._out = self._out, bytearray()
                if data:
                    await self._socket.send_bytes(bytes(data))
        except (ClientConnectionResetError, ConnectionError):
            self._closing = True
        await self._socket.close()

    # --- ending ---

    def finish(self, node: Node) -> None:
        """Say why, then close a moment later: a client that loses the connection first would log in again."""
        self.send(node)
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self.close)

    def close(self) -> None:
        """Close after everything that waits has been written."""
        self._closing = True
        self._wake.set()

    def cut(self) -> None:
        self._closing = True
        self._out.clear()
        self._wake.set()
        if self._request.transport:
            self._request.transport.abort()
