"""What came of one attempt, and what that means for the delivery and its receiver."""

from http import HTTPStatus
from typing import Literal

import msgspec

from messageapi.outside.post import Posted

Verdict = Literal["delivered", "failed", "gone", "expired"]
Error = Literal["redirected", "refused", "server_error", "gone", "event_expired", "event_unreadable"]
"""Beside the codes of the outside door."""

ASKS = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""With one of these Retry-After is about the receiver as a whole."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`due`: when it should have been tried. `answer`: how the receiver's began, sealed. `wish_ms`: how long it asks to
    be left alone. `probe`: tried only to see whether the receiver is back; that uses up none of its tries.
    """

    webhook_id: str
    event_id: str
    due: int
    expires_at: int
    verdict: Verdict
    at: int
    ms: int
    status: int | None = None
    error: str | None = None
    answer: bytes | None = None
    wish_ms: int = 0
    chance: float = 0.0
    probe: bool = False
    recovers: bool = False
    """The receiver had been down."""

    def that_recovers(self) -> "Outcome":
        return msgspec.structs.replace(self, recovers=True)

    @property
    def ended_at(self) -> int:
        return self.at + self.ms

    @property
    def asks_for_rest(self) -> bool:
        return self.wish_ms > 0 and self.status in ASKS


def judged(posted: Posted) -> tuple[Verdict, Error | None]:
    """2xx is success and nothing else is; a redirect would lead where nobody has looked."""
    status = posted.status
    if 200 <= status < 300:
        return "delivered", None
    if status == HTTPStatus.GONE:
        return "gone", "gone"
    if 300 <= status < 400:
        return "failed", "redirected"
    return "failed", "refused" if status < 500 else "server_error"
