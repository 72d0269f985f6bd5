"""Post to a URL that a customer gave: no redirect is followed, nothing unpacked, and little of the answer is read."""

import asyncio
import contextlib
from collections.abc import Mapping
from types import SimpleNamespace
from typing import NamedTuple

import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TraceConfig
from yarl import URL

from messageapi.outside.connector import GuardedConnector
from messageapi.outside.urls import checked
from messageapi.outside.words import in_our_words

KEPT_S = 3.0
"""Shorter than most servers keep an idle connection, so that it is us who closes it."""
CONNECT_S = 10.0
MOST = 4_096
"""Bytes of the answer. One that is longer costs its connection, and nothing else."""
READ_S = 1.0
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "MessageAPI"}


class Posted(NamedTuple):
    """`head`: how the answer begins, as it came. `retry_after`: the header's text, empty without one."""

    status: int
    head: bytes
    retry_after: str


class Poster:
    """Opens its client with the first post, in the loop it is used in."""

    def __init__(self, connector: GuardedConnector, ports: frozenset[int]) -> None:
        self._ports = ports
        trace = TraceConfig()
        trace.on_connection_reuseconn.append(_note_reuse)
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            headers=_HEADERS,
            timeout=ClientTimeout(total=None, sock_connect=CONNECT_S),
            auto_decompress=False,
            trust_env=False,
            trace_configs=[trace],
        )

    async def close(self) -> None:
        await self._session.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], deadline_s: float) -> Posted:
        """Raise OutsideError."""
        target = checked(url, self._ports)
        trip = SimpleNamespace(reused=False)
        with in_our_words():
            async with asyncio.timeout(deadline_s):
                try:
                    return await self._once(target, body, headers, trip)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                    if not trip.reused:
                        raise
                    # it was being closed while we wrote; what the other side read of it, it gets again
                    return await self._once(target, body, headers, trip)

    async def _once(self, url: URL, body: bytes, headers: Mapping[str, str], trip: SimpleNamespace) -> Posted:
        async with self._session.post(
            url, data=body, headers=headers, allow_redirects=False, trace_request_ctx=trip
        ) as response:
            retry_after = response.headers.get("Retry-After", "")
            return Posted(response.status, await _head(response), retry_after)


async def _head(response: ClientResponse) -> bytes:
    if response.content.at_eof():
        return b""
    head = b""
    with contextlib.suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(READ_S):
            while len(head) < MOST:
                part = await response.content.read(MOST - len(head))
                if not part:
                    return head
                head += part
    response.close()
    return head


async def _note_reuse(_: ClientSession, trace: SimpleNamespace, __: object) -> None:
    trace.trace_request_ctx.reused = True
