"""How uvicorn serves the app: no access log of its own, no banner, and a bound on what a connection may send before it
is a request.
"""

import asyncio
import socket
from http import HTTPStatus

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from messageapi.errors import DOCS
from messageapi.web.codes.every import CODES
from messageapi.web.front import Front
from messageapi.web.problems import ProblemBody
from messageapi.web.visit import new_request_id

HEAD_BYTES = 32_768
HEAD_SECONDS = 20
STOP_SECONDS = 4
UNTAKEN_SECONDS = 90


def server(app: Front, host: str, port: int) -> uvicorn.Server:
    """Run it with `await serve(sockets=[...])`; set `should_exit` to stop."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedHead,
        ws="none",
        loop="uvloop",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return uvicorn.Server(config)


class HeadTooLargeError(Exception):
    """Raised inside the parser, which turns it into a refused request."""


class BoundedHead(HttpToolsProtocol):
    """httptools gathers a request's head however long it is and takes; here it ends in time and size, or the
    connection does.
    """

    _in_head = True
    _head_bytes = 0
    _too_large = False
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _bound(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._too_large = True
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self._in_head = True
        self._head_bytes = 0
        self._start_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_timer()
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_BYTES:
            self._too_large = True
            raise HeadTooLargeError
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's text gives way to a problem
        """Refuse what never became a request; a response under way is cut off, since nothing can follow it."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_refusal("headers_too_large" if self._too_large else "bad_request"))
        self.transport.close()

    def _start_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def _bound(transport: asyncio.Transport) -> None:
    """What was answered and is not taken for so long is thrown away with its connection; Linux alone can do that."""
    listening = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None and listening is not None and listening.family in (socket.AF_INET, socket.AF_INET6):
        listening.setsockopt(socket.IPPROTO_TCP, option, UNTAKEN_SECONDS * 1_000)


def _refusal(code: str) -> bytes:
    about, request_id = CODES[code], new_request_id()
    status = HTTPStatus(about.status)
    body = msgspec.json.encode(ProblemBody(DOCS + code, about.title, status, about.sentence, code, request_id))
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\nconnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
