"""The three listeners of a running network, opened together and closed together."""

import asyncio
import os
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from aiohttp import web

from messageapi.engines.linked.trust import Authority
from messageapi.sandbox.network import Network
from messageapi.sandbox.published import ADDRESSES_FILE, Published, write_private
from messageapi.sandbox.server.transport import ports
from messageapi.sandbox.server.transport.front import BACKLOG, ChatServer
from messageapi.sandbox.signal.keys import KeyPair
from messageapi.sandbox.wire.noise import Responder, make_certificate_chain

SWEEP_SECONDS = 15
_CHAIN_SECONDS = 24 * 3600
_REMEMBERED_FILE = "addresses.json"


class Listening:
    def __init__(
        self, data: Path, network: Network, authority: Authority, control: Callable[[str], web.Application]
    ) -> None:
        self._data = data
        self._authority = authority
        self._remembered = ports.recall(data / _REMEMBERED_FILE)
        self._chat = ChatServer(network, Responders(authority))
        self._control = web.AppRunner(control(self._remembered.token), access_log=None, shutdown_timeout=0.5)
        self._servers: list[asyncio.Server] = []

    async def open(self, front: int, direct: int, control: int) -> Published:
        """Listen everywhere, then say where in sandbox.json."""
        await self._chat.runner.setup()
        await self._control.setup()
        context, known = _tls(self._authority.server_file), self._remembered
        known.front = await self._bind(lambda port: self._chat.listen_front(context, port), front, known.front)
        known.direct = await self._bind(lambda port: self._chat.listen_direct(context, port), direct, known.direct)
        known.control = await self._bind(self._listen_control, control, known.control)
        write_private(self._data / _REMEMBERED_FILE, msgspec.json.encode(known))
        published = Published(
            front=f"http://127.0.0.1:{known.front}",
            direct=f"wss://127.0.0.1:{known.direct}/ws/chat",
            control=f"http://127.0.0.1:{known.control}",
            token=known.token,
            ca=str(self._authority.ca_file),
            root_key=self._authority.root_public.hex(),
            pid=os.getpid(),
        )
        write_private(self._data / ADDRESSES_FILE, msgspec.json.encode(published))
        return published

    async def _bind(self, listen: Callable[[int], Awaitable[asyncio.Server]], wanted: int, remembered: int) -> int:
        server = await ports.bind(listen, wanted, remembered)
        self._servers.append(server)
        return ports.port_of(server)

    async def _listen_control(self, port: int) -> asyncio.Server:
        server = self._control.server
        if server is None:
            raise RuntimeError("the control interface is not set up")
        return await asyncio.get_running_loop().create_server(server, "127.0.0.1", port, backlog=BACKLOG)

    async def sweep(self, stop: asyncio.Event) -> None:
        """From time to time part with clients that have gone without a word."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), SWEEP_SECONDS)
            except TimeoutError:
                self._chat.drop_silent_clients()

    async def close(self) -> None:
        (self._data / ADDRESSES_FILE).unlink(missing_ok=True)
        for server in self._servers:
            server.close()
        self._chat.close_all()
        await self._control.cleanup()
        await self._chat.runner.cleanup()


class Responders:
    """Makes the server's side of each handshake; the certificates are renewed every day, as they last 30."""

    def __init__(self, authority: Authority) -> None:
        self._root = KeyPair.from_private(authority.root)
        self._intermediate = KeyPair.from_private(authority.intermediate)
        self._static = KeyPair.from_private(authority.static)
        self._chain, self._made = b"", 0

    def __call__(self) -> Responder:
        now = int(time.time())
        if now - self._made > _CHAIN_SECONDS:
            self._chain = make_certificate_chain(self._root, self._intermediate, self._static.public, now)
            self._made = now
        return Responder(self._static, self._chain)


def _tls(server_file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    context.set_alpn_protocols(["http/1.1"])
    return context
