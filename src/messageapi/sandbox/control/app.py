"""The control application: the token, and errors as JSON. A web page in a browser must not be able to drive it."""

import hmac
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from messageapi.sandbox.control import groups, messages, newsletters, phones, refusals, whole
from messageapi.sandbox.control.keys import NETWORK
from messageapi.sandbox.draft import LARGEST_FILE
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Network

LARGEST_BODY = LARGEST_FILE * 4 // 3 + (1 << 20)  # files come in base64
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


def control_app(network: Network, token: str) -> web.Application:
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def guard(request: web.Request, handler: Next) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return _problem("unauthorized", "Send the token of sandbox.json as `Authorization: Bearer`.", 401)
        return await _answer(request, handler)

    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[guard])
    app[NETWORK] = network
    app.router.add_routes(
        [*whole.ROUTES, *phones.ROUTES, *messages.ROUTES, *refusals.ROUTES, *newsletters.ROUTES, *groups.ROUTES]
    )
    return app


async def _answer(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        return await handler(request)
    except SandboxError as error:
        return _problem(error.code, error.message, error.status)
    except web.HTTPException as error:
        return _problem(error.reason.lower().replace(" ", "_"), f"{error.reason}.", error.status)


def _problem(code: str, message: str, status: int) -> web.Response:
    body = msgspec.json.encode({"error": code, "message": message})
    return web.Response(body=body, status=status, content_type="application/json")
