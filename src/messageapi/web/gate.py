"""Stands before every route: who calls, may they, how often, and is the address free of strays. Runs before a body is
read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from messageapi.errors import Problem
from messageapi.outside.addresses import Address
from messageapi.vocab.caller import SCOPES, Caller
from messageapi.web.address import parameters, refuse_strays
from messageapi.web.credentials import key_of
from messageapi.web.doors import Doors
from messageapi.web.limits import RateLimiter, too_many
from messageapi.web.strangers import Strangers
from messageapi.web.visit import Repeat, Visit, visit

OPEN = "open"
_IDEMPOTENCY_KEY = re.compile(rb"[\x21-\x7e]{1,255}")

Connection = ASGIConnection[Any, Any, Any, Any]


class Check(Protocol):
    """Says whose a key is."""

    async def __call__(self, key: str, in_link: bool, seen_from: Callable[[], Address | None]) -> Caller:
        """`in_link`: it came in the address; `seen_from`: from where. Raise Problem for any other key."""
        ...

    def knows(self, key: str) -> bool:
        """Was it a good one when it was last looked at? Asks nobody."""
        ...


class Gate:
    """A Litestar guard for the whole app."""

    def __init__(self, check: Check, limiter: RateLimiter, strangers: Strangers) -> None:
        self._check = check
        self._limiter = limiter
        self._strangers = strangers

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        permission = handler.opt.get("permission")
        this = visit(connection.scope)
        if permission is None:  # the OPTIONS answers that Litestar adds: they name methods and nothing else
            return
        if permission != OPEN:
            await self._admit(connection, handler, this, permission)
        else:
            self._let_in(connection, handler, this)
        if query := connection.scope["query_string"]:
            refuse_strays(parameters(query), handler.opt["parameters"])

    def _let_in(self, connection: Connection, handler: BaseRouteHandler, this: Visit) -> None:
        if handler.opt.get("counted", True):
            self._strangers.count(connection.scope)
        if this.key_in_query:
            raise key_in_address()

    async def _admit(self, connection: Connection, handler: BaseRouteHandler, this: Visit, permission: str) -> None:
        in_link = bool(handler.opt.get("key_in_address"))
        if this.key_in_query and not in_link:
            raise key_in_address()
        try:
            caller = this.caller = await self._caller(connection.scope, this)
        except Problem:
            self._strangers.count(connection.scope)
            raise
        this.quota = self._limiter.take(caller.key_id or caller.account_id)
        if this.quota.over:
            raise too_many(this.quota)
        if not caller.may(permission):
            raise Problem(
                "scope_missing", 403, f"This key lacks the scope {permission}. Use or create a key that has it."
            )
        if handler.opt.get("idempotent"):
            this.idempotency_key = idempotency_key(connection.scope["headers"])

    async def _caller(self, scope: Mapping[str, Any], this: Visit) -> Caller:
        key = key_of(scope["headers"], this.key_in_query)
        this.deprecated = bool(this.key_in_query)
        self._strangers.refuse_guesses(scope, lambda: self._check.knows(key))
        return await self._check(key, this.deprecated, lambda: self._strangers.address(scope))


def key_in_address() -> Problem:
    return Problem(
        "key_in_address",
        400,
        "A key in the address ends up in logs and histories. Send it in the X-API-Key header; if it was a real one, "
        "replace it.",
    )


def idempotency_key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The header's value, if it was sent."""
    given = [value.strip() for name, value in headers if name == b"idempotency-key"]
    if not given:
        return None
    if len(given) > 1 or not _IDEMPOTENCY_KEY.fullmatch(given[0]):
        raise Problem(
            "idempotency_key_invalid",
            400,
            "An Idempotency-Key has 1 to 255 visible ASCII characters and is sent once. A UUID is a good one.",
        )
    return given[0].decode("ascii")


def provide_caller(request: Request[Any, Any, Any], doors: Doors) -> Caller:  # noqa: ARG001
    """Litestar dependency `caller`. It asks for `doors` so that the two are resolved one after the other: Litestar
    starts a task for each of several that could be resolved at once, at 60 us a request.
    """
    caller = visit(request.scope).caller
    if caller is None:
        raise LookupError("an open route asked for a caller")
    return caller


def provide_repeat(request: Request[Any, Any, Any], caller: Caller) -> Repeat:  # noqa: ARG001
    """For handlers that ask for `repeat`; their opt says `idempotent`. It asks for `caller` as that for `doors`."""
    this = visit(request.scope)
    return Repeat(this.idempotency_key, this.request_id)


def simple_paths(routes: Iterable[HTTPRouteHandler]) -> frozenset[str]:
    """Paths that answer in the simple shape even when nothing matches, as with a wrong method."""
    return frozenset(path for route in routes if route.opt.get("shape") == "simple" for path in route.paths)


class UndeclaredError(Exception):
    """A route was written without saying who may use it; the app is not built."""


def seal(app: Litestar) -> None:
    """Refuse routes without a valid permission; note for each which query parameters it knows."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise UndeclaredError(f"{route.path} is not an HTTP route")
        for handler, model in route.route_handler_map.values():
            if handler.http_methods == {"OPTIONS"}:
                continue
            _require_permission(route.path, handler)
            known = frozenset(param.field_alias for param in model.expected_query_params)
            handler.opt = {**handler.opt, "parameters": known}  # a copy: rooms share one `opt` among routes


def _require_permission(path: str, handler: HTTPRouteHandler) -> None:
    permission = handler.opt.get("permission")
    if permission != OPEN and permission not in SCOPES:
        raise UndeclaredError(f'{path} ({handler.handler_name}) declares no permission: opt={{"permission": ...}}')
