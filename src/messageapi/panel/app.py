"""The panel as an ASGI app: its own routes, guard and failures, beside the API in one server. Open pages of others may
stand among its own, with the same guard.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from messageapi.panel import statics
from messageapi.panel.failures import respond
from messageapi.panel.gate.forms import Form
from messageapi.panel.gate.guard import form_of, guard
from messageapi.panel.gate.roles import PERMISSIONS
from messageapi.panel.pages import ROUTES
from messageapi.panel.surroundings import SCOPE_KEY, Surroundings, surroundings
from messageapi.panel.visitor import Visitor, visitor_of
from messageapi.people.access.look import Sights
from messageapi.web.bodies import StrictRequest
from messageapi.web.doors import Doors
from messageapi.web.gate import UndeclaredError
from messageapi.web.head import with_head
from messageapi.web.strangers import Strangers

App = Callable[[Any, Any, Any], Awaitable[None]]
AnyRequest = Request[Any, Any, State]
MOST_BYTES = 1_048_576


class Panel:
    """Answers what is the panel's and hands on the rest."""

    def __init__(
        self, doors: Doors, strangers: Strangers, otherwise: App, more: tuple[HTTPRouteHandler, ...] = ()
    ) -> None:
        self._around = Surroundings(doors, strangers, Sights(doors))
        self._otherwise = otherwise
        self._app, self._places = routed(more)

    async def __call__(self, scope: MutableMapping[str, Any], receive: object, send: object) -> None:
        if scope["type"] != "http" or _place(scope["path"]) not in self._places:
            await self._otherwise(scope, receive, send)
            return
        scope[SCOPE_KEY] = self._around
        await self._app(scope, receive, send)  # type: ignore[arg-type]


@cache
def routed(more: tuple[HTTPRouteHandler, ...] = ()) -> tuple[Litestar, frozenset[str]]:
    """One app for all: what belongs to one server comes with the request. And the first words of its addresses."""
    app = Litestar(
        route_handlers=[*with_head((*ROUTES, *statics.routes, *more))],
        dependencies={
            "doors": Provide(_doors, sync_to_thread=False),
            "visitor": Provide(_visitor, sync_to_thread=False),
            "form": Provide(_form, sync_to_thread=False),
        },
        guards=[guard],
        exception_handlers={Exception: respond},
        request_class=StrictRequest,
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        compression_config=CompressionConfig("gzip", minimum_size=1_000, gzip_compress_level=6, exclude=statics.PREFIX),
        logging_config=None,
    )
    return app, frozenset(_place(_sealed(route)) for route in app.routes)


def _sealed(route: Any) -> str:
    """Refuse a route that does not say who may open it; note which query parameters it knows."""
    if not isinstance(route, HTTPRoute):
        raise UndeclaredError(f"{route.path} is not an HTTP route")
    for handler, model in route.route_handler_map.values():
        if handler.http_methods != {"OPTIONS"}:
            _require_permission(route.path, handler)
            known = frozenset(each.field_alias for each in model.expected_query_params)
            handler.opt = {**handler.opt, "parameters": known}
    return route.path


def _require_permission(path: str, handler: HTTPRouteHandler) -> None:
    if handler.opt.get("permission") not in PERMISSIONS:
        raise UndeclaredError(f'{path} ({handler.handler_name}) declares no permission: opt={{"permission": ...}}')


def _place(path: str) -> str:
    """The first word; the start page has none."""
    return path.split("/", 2)[1] if path != "/" else path


def _doors(request: AnyRequest) -> Doors:
    return surroundings(request.scope).doors


def _visitor(request: AnyRequest) -> Visitor:
    return visitor_of(request.scope)


def _form(request: AnyRequest) -> Form:
    return form_of(request.scope)
