"""Which failures a route can answer with, and how the document describes each, with an example of its code."""

from typing import Any

from litestar.handlers import HTTPRouteHandler

from messageapi.errors import DOCS
from messageapi.web.codes.every import CODES
from messageapi.web.gate import OPEN
from messageapi.web.head import writes

Json = dict[str, Any]

EXAMPLES = {
    400: ("The request has a mistake; the answer names it.", "unknown_parameter"),
    401: ("No valid API key was sent.", "key_revoked"),
    403: ("This key may not do it.", "scope_missing"),
    404: ("The account has nothing with this id.", "number_not_found"),
    408: ("The body took too long to arrive.", "body_too_slow"),
    409: ("Not possible in the present state.", "number_not_linked"),
    410: ("What it is about is not kept any more.", "events_gone"),
    413: ("The body is too large, or the file that is asked for.", "body_too_large"),
    415: ("The body is of a media type this call does not take.", "media_type_unsupported"),
    416: ("The range is outside the file.", "range_unsatisfiable"),
    422: ("A value has the wrong form; the answer names it.", "field_invalid"),
    429: ("Too many requests with this key, or without one from this address.", "rate_limited"),
    500: ("Something failed on our side.", "internal_error"),
    503: ("Cannot be done now; nothing was done.", "storage_overloaded"),
}
"""For each status a route may answer with: what it means, and one of its codes as the example."""

_QUOTA = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_HEADERS = {
    "X-Request-Id": ("string", "Yours, if you sent a clean one, else a new one. Quote it when you ask for help."),
    "RateLimit-Limit": ("integer", "Requests this key may make in a minute."),
    "RateLimit-Remaining": ("integer", "How many of them are left."),
    "RateLimit-Reset": ("integer", "Seconds until the next minute begins."),
    "Idempotency-Replayed": ("string", "`true` when this is the answer to an earlier request with the same key."),
    "Retry-After": ("integer", "Seconds to wait before trying again."),
    "WWW-Authenticate": ("string", "How to send a key."),
}


class Failures:
    """Collects the responses that the document's operations refer to."""

    def __init__(self) -> None:
        self.responses: Json = {}

    def of(self, handler: HTTPRouteHandler, besides: set[int]) -> Json:
        """References by status, but for those the route describes itself."""
        shape = str(handler.opt.get("shape", "resource"))
        return {str(status): self._reference(shape, status) for status in sorted(_statuses(handler) - besides)}

    def headers(self) -> Json:
        return {name: {"description": text, "schema": {"type": kind}} for name, (kind, text) in _HEADERS.items()}

    def _reference(self, shape: str, status: int) -> Json:
        name = f"{shape.capitalize()}{status}"
        self.responses.setdefault(name, _response(shape, status))
        return {"$ref": f"#/components/responses/{name}"}


def _statuses(handler: HTTPRouteHandler) -> set[int]:
    """What the gate, the body reader and the verbs may answer; a route adds its own in opt["problems"]."""
    statuses = {400, 500, *handler.opt.get("problems", ())}
    if handler.opt["permission"] == OPEN:
        return statuses | ({429} if handler.opt.get("counted", True) else set())
    statuses |= {401, 403, 429, 503}
    if writes(handler) or "{" in next(iter(handler.paths)):
        statuses.add(404)
    if writes(handler):
        statuses.add(409)
    if handler.parsed_data_field:
        statuses |= {408, 413, 415}
    if handler.opt.get("shape") != "simple" and (handler.parsed_data_field or handler.opt["parameters"]):
        statuses.add(422)
    return statuses


def _response(shape: str, status: int) -> Json:
    words, code = EXAMPLES[status]
    about = CODES[code]
    example: Json = {"message": about.sentence, "code": code, "requestId": "req_9f2c41d07be85a6310c4e7d2"}
    media_type, schema = "application/json", "SimpleFailure"
    if shape == "simple":
        example = {"success": False, **example}
    else:
        media_type, schema = "application/problem+json", "ProblemBody"
        example = {
            "type": DOCS + code,
            "title": about.title,
            "status": status,
            "detail": about.sentence,
            "code": code,
            "requestId": example["requestId"],
        }
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {"description": words, "headers": header_references(status), "content": {media_type: content}}


def header_references(status: int, *, keyed: bool = True, repeatable: bool = False) -> Json:
    """Headers of a response."""
    names = ["X-Request-Id"]
    if repeatable:
        names.append("Idempotency-Replayed")
    if keyed and status not in (401, 500):
        names += _QUOTA
    if status in (429, 503):
        names.append("Retry-After")
    if status == 401:
        names.append("WWW-Authenticate")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
