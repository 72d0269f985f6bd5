"""What is known about one HTTP request while it runs. Lives in the ASGI scope, so every layer sees the same one."""

import os
import re
from collections.abc import MutableMapping
from typing import Any, NamedTuple, cast

from messageapi.vocab.caller import Caller

SCOPE_KEY = "messageapi.visit"
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._:-]{8,64}")

ScopeDict = MutableMapping[str, Any]


class Quota(NamedTuple):
    """A key's allowance in the running minute."""

    limit: int
    remaining: int
    resets_in: int  # seconds
    over: bool  # this request was one too many


class Repeat(NamedTuple):
    """What makes a request one that may be repeated, and the id that its first answer carries."""

    key: str | None
    request_id: str


class Visit:
    """Mutable on purpose: the gate and the front fill it in."""

    __slots__ = ("caller", "deprecated", "idempotency_key", "key_in_query", "quota", "request_id", "status")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.key_in_query: list[str] = []
        self.caller: Caller | None = None
        self.quota: Quota | None = None
        self.deprecated = False  # the key came in the address
        self.idempotency_key: str | None = None
        self.status = 0


def new_request_id() -> str:
    return f"req_{os.urandom(12).hex()}"


def request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's X-Request-Id when it is one clean word, else a new one."""
    for name, value in headers:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return value.decode("ascii")
    return new_request_id()


def visit(scope: Any) -> Visit:
    """The visit of this request."""
    return cast("Visit", scope[SCOPE_KEY])
