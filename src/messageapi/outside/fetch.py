"""Fetch a file from a URL that a customer gave: bounded in size, time, headers and redirects, never unpacked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email.message import Message
from http import HTTPStatus

from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar
from yarl import URL

from messageapi.outside.connector import GuardedConnector
from messageapi.outside.errors import OutsideError
from messageapi.outside.urls import checked
from messageapi.outside.words import in_our_words

HOPS = 3
CHUNK = 65_536
CONNECT_S = 10.0
SILENCE_S = 15.0
"""No connection, no first byte, no next byte within this time: too slow, however long the whole may take."""
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "MessageAPI"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Answer:
    """A response whose head is there. Iterate it once for the body."""

    def __init__(self, response: ClientResponse, limit: int) -> None:
        self._response = response
        self._limit = limit
        self.url = str(response.url)  # after redirects

    @property
    def mime(self) -> str:
        """What the other side says it is; empty when it says nothing."""
        return self._response.content_type if "Content-Type" in self._response.headers else ""

    @property
    def charset(self) -> str:
        return self._response.charset or ""

    @property
    def filename(self) -> str:
        """From Content-Disposition, or the last part of the path. Anything but trustworthy."""
        head = Message()
        head["Content-Disposition"] = self._response.headers.get("Content-Disposition", "")
        return head.get_filename() or self._response.url.name

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raise OutsideError(too_large) as soon as it is."""
        size = 0
        async for chunk in self._response.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > self._limit:
                raise _too_large()
            yield chunk


class Fetcher:
    """Opens its client with the first request, in the loop it is used in."""

    def __init__(self, connector: GuardedConnector, ports: frozenset[int]) -> None:
        timeout = ClientTimeout(total=None, connect=None, sock_connect=CONNECT_S, sock_read=SILENCE_S)
        self._ports = ports
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            headers=_HEADERS,
            timeout=timeout,
            auto_decompress=False,
            trust_env=False,
            requote_redirect_url=False,
        )

    async def close(self) -> None:
        await self._session.close()

    @contextlib.asynccontextmanager
    async def fetch(self, url: str, *, limit_bytes: int, deadline_s: float) -> AsyncIterator[Answer]:
        """`deadline_s` is for all of it, what is done with the chunks included. Raise OutsideError."""
        target = checked(url, self._ports)
        with in_our_words():
            async with asyncio.timeout(deadline_s), self._followed(target) as response:
                _check(response, limit_bytes)
                yield Answer(response, limit_bytes)

    @contextlib.asynccontextmanager
    async def _followed(self, url: URL) -> AsyncIterator[ClientResponse]:
        for _ in range(HOPS + 1):
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    yield response
                    return
                url = self._next(url, response)
        raise OutsideError("too_many_redirects", f"The URL leads on more than {HOPS} times.")

    def _next(self, url: URL, response: ClientResponse) -> URL:
        place = response.headers.get("Location", "")
        if not place or len(place) > 2048:
            raise OutsideError("bad_answer", "The URL leads on to nowhere.")
        try:
            joined = str(url.join(URL(place)))
        except ValueError:
            raise OutsideError("bad_url", "The URL leads on to something that is not one.") from None
        return checked(joined, self._ports)


def _check(response: ClientResponse, limit: int) -> None:
    status = response.status
    if status != HTTPStatus.OK:
        raise OutsideError("bad_status", f"The URL answers with status {status}.", status=status)
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise OutsideError("wrong_encoding", "The URL answers compressed although asked not to.")
    if (response.content_length or 0) > limit:
        raise _too_large()


def _too_large() -> OutsideError:
    return OutsideError("too_large", "What the URL leads to is larger than allowed.")
