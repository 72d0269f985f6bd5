"""A customer's webhook receiver that costs little: takes events and notes when each came, or is down in one of the ways
receivers are. It shares the benchmark's own process and clock.
"""

import asyncio
import time
from typing import Literal, NamedTuple, Self, cast

Mode = Literal["takes", "fails", "hangs", "refuses"]
DOWN: tuple[Mode, ...] = ("refuses", "fails", "hangs")
"""Nobody listens; 503; no answer at all."""

_END = b"\r\n\r\n"
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_FAILED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


class Came(NamedTuple):
    """An event that was taken; `at` is in milliseconds of the wall clock."""

    at: float
    path: str
    event_id: str
    body: bytes


class Customer:
    """`taken` in the order of arrival; `turned_away` counts requests that were answered with 503 or not at all."""

    def __init__(self, mode: Mode = "takes") -> None:
        self.mode: Mode = mode
        self.port = 0
        self.taken: list[Came] = []
        self.turned_away = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Transport] = set()

    async def __aenter__(self) -> Self:
        await self._listen()
        if self.mode == "refuses":
            self._hang_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hang_up()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def turn(self, mode: Mode) -> None:
        """From now on it is like this. Requests that hang are not answered any more."""
        if mode == "refuses" or self.mode == "hangs":
            self._hang_up()
        self.mode = mode
        if mode != "refuses" and self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Line(self), "127.0.0.1", self.port, backlog=1024)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        self._server = None
        for transport in list(self._open):
            transport.abort()

    def connected(self, transport: asyncio.Transport) -> None:
        self._open.add(transport)

    def lost(self, transport: asyncio.Transport) -> None:
        self._open.discard(transport)

    def answer(self, came: Came) -> bytes:
        if self.mode == "takes":
            self.taken.append(came)
            return _TAKEN
        self.turned_away += 1
        return _FAILED if self.mode == "fails" else b""


class _Line(asyncio.Protocol):
    """One connection; requests with a Content-Length, one after another."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._customer.connected(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._transport:
            self._customer.lost(self._transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(_END)) >= 0:
            head, rest = self._data[:end], self._data[end + len(_END) :]
            named = _headers(head)
            size = int(named.get(b"content-length", b"0"))
            if len(rest) < size:
                return
            self._data = rest[size:]
            path = head.split(b" ", 2)[1].decode()
            came = Came(time.time() * 1_000, path, named.get(b"webhook-id", b"").decode(), rest[:size])
            answer = self._customer.answer(came)
            if answer and self._transport:
                self._transport.write(answer)


def _headers(head: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in lines}
