"""A response that goes on: pieces are sent as they come, until the reader leaves, does not read, or it has an end."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import HTTPResponseBodyEvent, Receive, Scope, Send

from messageapi.logs import log

STALLED_S = 60.0
"""Whoever takes nothing for so long is not there any more."""
_END: HTTPResponseBodyEvent = {"type": "http.response.body", "body": b"", "more_body": False}
_log = log("web")


class Streaming(Response[Any]):
    """The first piece decides: what is raised before it becomes an answer of its own."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], *, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(None, media_type=media_type, headers=headers)
        self._pieces = pieces

    def to_asgi_response(self, app: None, request: Request[Any, Any, Any], **given: Any) -> ASGIResponse:  # type: ignore[override]  # noqa: ARG002
        return _Streamed(
            self._pieces,
            head=request.method == "HEAD",
            headers={**(given.get("headers") or {}), **self.headers},
            media_type=self.media_type,
            status_code=self.status_code or given.get("status_code"),
        )


class _Streamed(ASGIResponse):
    _should_set_content_length = False

    def __init__(self, pieces: AsyncGenerator[bytes, None], *, head: bool, **given: Any) -> None:
        super().__init__(**given)
        self._pieces = pieces
        self._head = head

    async def send_body(self, send: Send, receive: Receive) -> None:
        """Until the end, or until the reader has left."""
        if self._head:
            await send(_END)
            return
        this = asyncio.current_task()
        leaving = asyncio.create_task(_ended(receive, this))
        try:
            await self._all(send)
        except asyncio.CancelledError:
            if not leaving.done() or this is None:
                raise
            this.uncancel()
        finally:
            leaving.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with contextlib.aclosing(self._pieces) as pieces:
            self._first = await anext(pieces)
            await super().__call__(scope, receive, send)

    async def _all(self, send: Send) -> None:
        try:
            await _sent(send, self._first)
            async for piece in self._pieces:
                await _sent(send, piece)
        except TimeoutError:
            _log.info("a reader took nothing for too long")
            return
        await send(_END)


async def _sent(send: Send, piece: bytes) -> None:
    async with asyncio.timeout(STALLED_S):
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def left(receive: Receive) -> None:
    """Returns once the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ended(receive: Receive, streaming: "asyncio.Task[Any] | None") -> None:
    await left(receive)
    if streaming:
        streaming.cancel()
