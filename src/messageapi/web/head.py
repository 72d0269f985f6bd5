"""HEAD (RFC 9110, 9.3.2): whatever may be read with GET answers HEAD in the same way; uvicorn leaves the body out."""

from collections.abc import Iterable
from copy import copy

from litestar.handlers import HTTPRouteHandler


def writes(route: HTTPRouteHandler) -> bool:
    """GET /send.php does."""
    return not route.http_methods <= {"GET", "HEAD"} or route.opt.get("permission") == "messages:send"


def with_head(routes: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """HEAD promises to change nothing, and programs that check links rely on it: what writes does not take it."""
    return [route if writes(route) else _both(route) for route in routes]


def _both(route: HTTPRouteHandler) -> HTTPRouteHandler:
    """A copy: apps share their routes."""
    both = copy(route)
    both.http_methods = {"GET", "HEAD"}
    return both
