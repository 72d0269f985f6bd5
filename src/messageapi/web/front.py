"""The outermost layer, one thin ASGI wrapper: request id, response headers, access log, the key cut out of the
address, the last catch.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from messageapi.logs import log
from messageapi.web import incident
from messageapi.web.address import cut_keys, malformed
from messageapi.web.headers import dress
from messageapi.web.problems import Renderer
from messageapi.web.visit import SCOPE_KEY, ScopeDict, Visit, request_id

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

access = log("web")


class Front:
    """Wraps the routed app. Nothing gets past it: not an exception, not a response without a request id."""

    def __init__(self, app: App, renderer: Renderer, *, https: bool) -> None:
        self._app = app
        self._renderer = renderer
        self._https = https

    async def __call__(self, scope: ScopeDict, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def _answer(self, scope: ScopeDict, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        visit = scope[SCOPE_KEY] = Visit(request_id(scope["headers"]))
        cut_keys(scope, visit)
        structlog.contextvars.bind_contextvars(request_id=visit.request_id)

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                visit.status = message["status"]
                message["headers"] = dress(message["headers"], visit, https=self._https)
            await send(message)

        try:
            if trouble := malformed(scope):
                await self._send(reply, *self._renderer.render(trouble, scope))
            else:
                await self._app(scope, receive, reply)
        except Exception as failure:  # noqa: BLE001  nothing may get past the front
            await self._last_catch(scope, visit, reply, failure)
        finally:
            self._note(scope, visit, began)

    async def _last_catch(self, scope: ScopeDict, visit: Visit, reply: Send, failure: Exception) -> None:
        """Reached only when the app failed outside its own handling, or in the middle of a response."""
        incident.record(failure)
        if not visit.status:
            await self._send(reply, *self._renderer.render(incident.unexpected(), scope))

    @staticmethod
    async def _send(reply: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        sized = [*headers, (b"content-length", b"%d" % len(body))]
        await reply({"type": "http.response.start", "status": status, "headers": sized})
        await reply({"type": "http.response.body", "body": body})

    @staticmethod
    def _note(scope: ScopeDict, visit: Visit, began: float) -> None:
        """The route as it was declared, never the address as it was typed: that may hold a phone number or a key."""
        access.info(
            "request",
            method=scope["method"],
            route=scope.get("path_template", "unknown"),
            status=visit.status,
            ms=round((time.perf_counter() - began) * 1000, 1),
            account=visit.caller.account_id if visit.caller else None,
        )
