"""The connector of the HTTP client: every socket it makes passes the guard, whatever name led to it."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ssl import SSLContext

from aiohttp import ClientRequest, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader
from aiohttp.tracing import Trace

from messageapi.outside.errors import ForbiddenAddressError

Allowed = Callable[[str], bool]
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
AT_ONCE = 100
MOST_INTERIM = 8
_LOOKUPS = 128
"""Threads are made as they are needed. Those that wait for a dead name server must leave some for the others: these
are more than what a worker posts at once for one account.
"""


class OneAnswer(ResponseHandler):
    """A server may say `100 Continue` now and then; one that says it for ever would keep us busy until the deadline."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._interim = 0

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        status = data[0].code
        self._interim = self._interim + 1 if 100 <= status < 200 else 0
        if self._interim <= MOST_INTERIM:
            super().feed_data(data, size)
        elif self._interim == MOST_INTERIM + 1:
            self.set_exception(HttpProcessingError(message="too many answers before the answer"))
            if self.transport:
                self.transport.close()  # our own close() would forget why


def _one_answer(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    return OneAnswer(loop)


class GuardedConnector(TCPConnector):
    """A name is looked up once and its numbers are what is connected to: there is no second look-up to lie to."""

    def __init__(
        self,
        allowed: Allowed,
        resolver: AbstractResolver,
        tls: SSLContext | bool = True,
        *,
        at_once: int = AT_ONCE,
        kept_s: float = 0,
    ) -> None:
        """`kept_s`: how long an idle connection may be used again; `connect` judges its other end again all the same.
        `at_once`: 0 where somebody else counts.
        """
        super().__init__(
            socket_factory=self._guarded_socket,
            resolver=resolver,
            use_dns_cache=False,
            limit=at_once,
            ssl=tls,
            **({"keepalive_timeout": kept_s} if kept_s else {"force_close": True}),
        )
        self._allowed = allowed
        self._factory = partial(_one_answer, loop=self._loop)

    def _guarded_socket(self, info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if family not in (socket.AF_INET, socket.AF_INET6) or not self._allowed(str(address[0])):
            raise ForbiddenAddressError("this address is not one that may be reached")
        return socket.socket(family, kind, protocol)

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - the client's own signature
    ) -> Connection:
        """Before a byte is sent: is the other end who was meant?"""
        connection = await super().connect(req, traces, timeout)
        peer = connection.transport.get_extra_info("peername") if connection.transport else None
        if not peer or not self._allowed(str(peer[0])):
            connection.close()
            raise ForbiddenAddressError("the other end is not one that may be reached")
        return connection


class OwnThreads(AbstractResolver):
    """Looks names up in threads of its own: a name server that takes its time must not keep others' threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        return [
            ResolveResult(hostname=host, host=str(address[0]), port=port, family=kind, proto=protocol, flags=_NUMERIC)
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


def _look_up(host: str, port: int, family: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [(kind, sort, protocol, name, tuple(address)) for kind, sort, protocol, name, address in found]
