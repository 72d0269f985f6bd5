"""Failures as pages: what happened, what to do, and the request id to quote. The codes are those of the API."""

from typing import Any, cast

from litestar import MediaType, Request, Response
from litestar.datastructures import State
from litestar.exceptions import MethodNotAllowedException

from messageapi.errors import Problem
from messageapi.panel.gate.addresses import HOME, with_next
from messageapi.panel.gate.guard import NotSignedInError
from messageapi.panel.render import page
from messageapi.panel.said import N_
from messageapi.panel.visitor import SCOPE_KEY, Visitor
from messageapi.people.person import SeenFrom
from messageapi.vocab.clock import now_ms
from messageapi.vocab.urls import parts_of
from messageapi.web.codes.every import CODES
from messageapi.web.problems import Rendered, to_problem
from messageapi.web.visit import ScopeDict, visit

_TITLES = {404: N_("Page not found"), 500: N_("Something failed on our side")}
_OTHERWISE = N_("Not possible")
_OF_PROGRAMS = frozenset({"api", "operator"})
"""What the addresses of programs begin with."""
_READING = ("GET", "HEAD")


def respond(request: Request[Any, Any, State], failure: Exception) -> Response[Any]:
    """Litestar's exception handler of the panel."""
    if isinstance(failure, NotSignedInError):
        return _to_login(request)
    if isinstance(failure, Problem) and failure.code == "confirm_needed":
        return _away(request, with_next("/confirm", _came_from(request)))
    answer = failure_page(to_problem(failure), cast("ScopeDict", request.scope))
    if isinstance(failure, MethodNotAllowedException) and failure.headers:
        answer.headers["allow"] = failure.headers.get("allow", "")
    return answer


def _to_login(request: Request[Any, Any, State]) -> Response[str]:
    """Back here after the login, when this was a page and no form."""
    return _away(request, with_next("/login", _here(request) if request.method in _READING else HOME))


def _came_from(request: Request[Any, Any, State]) -> str:
    """The page itself, or the page whose form this was. Only ours say where they are: see the referrer policy."""
    if request.method in _READING and not _piece(request):
        return _here(request)
    parts = parts_of(request.headers.get("referer", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _here(request: Request[Any, Any, State]) -> str:
    if _piece(request):
        return HOME
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}" if query else str(request.scope["path"])


def _away(request: Request[Any, Any, State], address: str) -> Response[str]:
    if _piece(request):
        return Response("", status_code=200, media_type=MediaType.HTML, headers={"hx-redirect": address})
    return Response("", status_code=303, media_type=MediaType.HTML, headers={"location": address})


def _piece(request: Request[Any, Any, State]) -> bool:
    return "hx-request" in request.headers


def failure_page(problem: Problem, scope: ScopeDict) -> Response[str]:
    """For a visitor the guard has seen, or for one that came to no page at all."""
    visitor = cast("Visitor | None", scope.get(SCOPE_KEY)) or _nobody(scope)
    title = _TITLES.get(problem.status) or (CODES[problem.code].title if problem.code in CODES else _OTHERWISE)
    answer = page(visitor, "failure.html", problem, title=title)
    if problem.retry_after is not None:
        answer.headers["retry-after"] = str(problem.retry_after)
    return answer


def _nobody(scope: ScopeDict) -> Visitor:
    this = visit(scope)
    return Visitor(
        path=str(scope["path"]), now=now_ms(), token="", https=False, seen_from=SeenFrom(""), request_id=this.request_id
    )


def as_page(problem: Problem, scope: ScopeDict) -> Rendered | None:
    """For a person who opened an address that is nobody's, or a page that failed. Programs get their answer as JSON."""
    handler = scope.get("route_handler")
    if handler is not None and handler.include_in_schema is not False:
        return None
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    reads = scope["method"] in ("GET", "HEAD") and b"text/html" in accepted
    if not reads or _OF_PROGRAMS.intersection(str(scope["path"]).split("/", 2)[1:2]):
        return None
    answer = failure_page(problem, scope)
    headers = [(name.encode("ascii"), str(value).encode("latin-1")) for name, value in answer.headers.items()]
    return problem.status, [*headers, (b"content-type", b"text/html; charset=utf-8")], answer.content.encode()
