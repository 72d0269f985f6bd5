"""The way in: a CONNECT proxy that ends TLS itself on the same socket, and a plain TLS listener for WebSockets.

Nothing is ever forwarded: whatever WhatsApp host a client asks for, it meets this server.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from typing import cast

from aiohttp import web

from messageapi.sandbox.network import Network
from messageapi.sandbox.server.media import PUBLIC_HOST, media_routes
from messageapi.sandbox.server.transport.connection import Connection
from messageapi.sandbox.wire.noise import Responder

LARGEST_REQUEST = 8192
REQUEST_SECONDS = 10
IDLE_SECONDS = 150  # clients ask for a sign of life every 20 to 30 seconds
BACKLOG = 512
_CONNECT = re.compile(rb"CONNECT ([a-z0-9.-]+):443 HTTP/1\.[01]", re.IGNORECASE)
_OUR_NAMES = re.compile(r"(.+\.)?whatsapp\.(com|net)")


class ChatServer:
    """Accepts clients and keeps their connections."""

    def __init__(self, network: Network, responder: Callable[[], Responder]) -> None:
        self._network = network
        self._responder = responder
        self._connections: set[Connection] = set()
        self._direct_port = 0
        app = web.Application(client_max_size=1 << 20)
        app.router.add_get("/ws/chat", self._chat)
        app.router.add_routes(media_routes(network))
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        connection = Connection(self._network, request, self._responder(), self._media_host(request))
        self._connections.add(connection)
        try:
            return await connection.run()
        finally:
            self._connections.discard(connection)

    def _media_host(self, request: web.Request) -> str:
        """A client that came in directly has no proxy to take it to the public name."""
        address = request.transport.get_extra_info("sockname") if request.transport else None
        if address and address[1] == self._direct_port:
            return f"127.0.0.1:{self._direct_port}"
        return PUBLIC_HOST

    async def listen_direct(self, context: ssl.SSLContext, port: int) -> asyncio.Server:
        server = await asyncio.get_running_loop().create_server(
            self._protocol, "127.0.0.1", port, ssl=context, backlog=BACKLOG
        )
        self._direct_port = server.sockets[0].getsockname()[1]
        return server

    async def listen_front(self, context: ssl.SSLContext, port: int) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(
            lambda: ConnectFront(self._protocol, context), "127.0.0.1", port, backlog=BACKLOG
        )

    def _protocol(self) -> asyncio.BaseProtocol:
        server = self.runner.server
        if server is None:
            raise RuntimeError("the chat server is not set up")
        return server()

    def drop_silent_clients(self) -> None:
        """A client that has gone without closing would otherwise count as online for ever."""
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        for connection in list(self._connections):
            if connection.last_seen < oldest:
                connection.cut()

    def close_all(self) -> None:
        for connection in list(self._connections):
            connection.cut()


class ConnectFront(asyncio.Protocol):
    """Reads one CONNECT request, then turns the socket into a TLS server for the chat protocol."""

    def __init__(self, make_protocol: Callable[[], asyncio.BaseProtocol], context: ssl.SSLContext) -> None:
        self._make_protocol = make_protocol
        self._context = context
        self._data = b""
        self._upgrade: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._deadline = asyncio.get_running_loop().call_later(REQUEST_SECONDS, self._transport.abort)

    def connection_lost(self, _error: Exception | None) -> None:
        self._deadline.cancel()

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._upgrade or (b"\r\n\r\n" not in self._data and len(self._data) < LARGEST_REQUEST):
            return
        self._deadline.cancel()
        status = _judge(self._data)
        self._transport.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
        if status.startswith("200"):
            self._upgrade = asyncio.get_running_loop().create_task(self._start_tls())
        else:
            self._transport.close()

    async def _start_tls(self) -> None:
        protocol = self._make_protocol()
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, protocol, self._context, server_side=True, ssl_handshake_timeout=REQUEST_SECONDS
            )
        except (OSError, ssl.SSLError):  # the client does not trust us, or has gone
            self._transport.abort()
            return
        if transport:
            protocol.connection_made(transport)


def _judge(request: bytes) -> str:
    line = request.partition(b"\r\n")[0]
    match = _CONNECT.fullmatch(line)
    if not match:
        return "405 Only CONNECT to a WhatsApp host on port 443 is served here"
    if not _OUR_NAMES.fullmatch(match[1].decode().lower()):
        return "403 This network holds WhatsApp hosts only and forwards nothing"
    return "200 OK"
