"""Turns every failure into an answer: problem+json (RFC 9457) for resources, the reference's flat shape for the simple
calls.
"""

from collections.abc import Callable
from typing import cast

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.types import ExceptionHandlersMap

from messageapi.errors import DOCS, DoorError, Problem
from messageapi.logs import log
from messageapi.store.db import StoreError
from messageapi.web import incident
from messageapi.web.codes.every import CODES
from messageapi.web.headers import Headers
from messageapi.web.replay import Replay, respond
from messageapi.web.visit import ScopeDict, visit
from messageapi.web.words import parameter_problem

AnyRequest = Request[None, None, State]
_log = log("web")
_WAIT = {"disk_full": 30, "overloaded": 1}


class ProblemBody(msgspec.Struct, rename="camel", omit_defaults=True):
    """What went wrong (RFC 9457). `code` is stable; `detail` says what to do next; `type` leads to its explanation."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    message_id: str | None = None
    success: bool | None = None
    message: str | None = None


class SimpleFailure(msgspec.Struct, rename="camel", omit_defaults=True):
    """What went wrong, in the shape of the simple calls. `messageId` is there when the message was accepted before it
    failed.
    """

    success: bool
    message: str
    code: str
    request_id: str
    message_id: str | None = None


Rendered = tuple[int, Headers, bytes]


class Renderer:
    """Knows which routes answer in the simple shape. `as_page`: what people see instead, None for programs."""

    def __init__(
        self,
        docs_url: str,
        simple_paths: frozenset[str],
        as_page: Callable[[Problem, ScopeDict], Rendered | None] = lambda *_: None,
    ) -> None:
        self._docs = docs_url + DOCS
        self._simple_paths = simple_paths
        self._as_page = as_page

    def render(self, problem: Problem, scope: ScopeDict) -> Rendered:
        shape = self._shape(scope)
        if shape == "resource" and (page := self._as_page(problem, scope)):
            return page
        if shape == "simple":
            return flat(problem, visit(scope).request_id)
        return self._resource(problem, visit(scope).request_id, flat_too=shape == "both")

    def _shape(self, scope: ScopeDict) -> str:
        handler = scope.get("route_handler")
        if handler is not None:
            return str(handler.opt.get("shape", "resource"))
        return "simple" if scope["path"].rstrip("/") in self._simple_paths else "resource"

    def _resource(self, problem: Problem, request_id: str, *, flat_too: bool) -> tuple[int, Headers, bytes]:
        """`flat_too`: a call that both kinds of callers use gets the simple shape's fields beside its own."""
        body = ProblemBody(
            type=self._docs + problem.code,
            title=CODES[problem.code].title if problem.code in CODES else problem.code.replace("_", " ").capitalize(),
            status=problem.status,
            detail=problem.message,
            code=problem.code,
            request_id=request_id,
            message_id=problem.message_id,
            success=False if flat_too else None,
            message=problem.message if flat_too else None,
        )
        return (
            problem.status,
            _headers(problem, problem.status, b"application/problem+json"),
            msgspec.json.encode(body),
        )

    def respond(self, request: AnyRequest, failure: Exception) -> Response[bytes]:
        """A Litestar exception handler for everything."""
        if isinstance(failure, Replay):
            return respond(failure.kept, replayed=True)
        status, headers, body = self.render(to_problem(failure), cast("ScopeDict", request.scope))
        named = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        if isinstance(failure, MethodNotAllowedException) and failure.headers:
            named["allow"] = failure.headers.get("allow", "")
        return Response(body, status_code=status, headers=named, media_type=named["content-type"])

    def handlers(self) -> ExceptionHandlersMap:
        return {Exception: self.respond}


def flat(problem: Problem, request_id: str) -> tuple[int, Headers, bytes]:
    """In the shape of the simple calls, which know no 422."""
    status = 400 if problem.status == 422 else problem.status
    body = SimpleFailure(False, problem.message, problem.code, request_id, problem.message_id)
    return status, _headers(problem, status, b"application/json"), msgspec.json.encode(body)


def _headers(problem: Problem, status: int, media_type: bytes) -> Headers:
    headers = [(b"content-type", media_type)]
    if problem.retry_after is not None:
        headers.append((b"retry-after", b"%d" % problem.retry_after))
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="MessageAPI"'))
    return headers


def to_problem(failure: Exception) -> Problem:
    """Unexpected failures are recorded here, once."""
    if isinstance(failure, Problem):
        return failure
    if isinstance(failure, DoorError):
        return _from_door(failure)
    if isinstance(failure, HTTPException) and failure.status_code < 500:
        return _from_framework(failure)
    incident.record(failure)
    return incident.unexpected()


def _from_door(failure: DoorError) -> Problem:
    _log.warning("door_failed", door=type(failure).__name__, code=failure.code, detail=failure.detail)
    code = f"storage_{failure.code}" if isinstance(failure, StoreError) else "temporarily_unavailable"
    code = code if code in CODES else "temporarily_unavailable"
    return Problem(code, 503, CODES[code].sentence, retry_after=_WAIT.get(failure.code, 5))


def _from_framework(failure: HTTPException) -> Problem:
    """Litestar's own refusals, in our words: its texts quote the address."""
    if isinstance(failure, NotFoundException):
        return Problem("route_unknown", 404, "There is nothing at this address. The calls are listed under /docs/api.")
    if isinstance(failure, MethodNotAllowedException):
        return Problem(
            "method_not_allowed", 405, "This address does not take this method. The Allow header names those it takes."
        )
    if failure.status_code == 413:
        return Problem("body_too_large", 413, CODES["body_too_large"].sentence)
    if isinstance(failure, ValidationException):
        return parameter_problem(failure.detail, failure.extra)
    return Problem("bad_request", 400, "The request cannot be read. Compare it with the example under /docs/api.")
