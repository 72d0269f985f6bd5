"""Whoever looks at a page, and how: everything a page may know of its request."""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from messageapi.panel.flash import Flash
from messageapi.people.caller import caller_of
from messageapi.people.logins.session import SignedIn
from messageapi.people.person import SeenFrom
from messageapi.vocab.caller import Caller
from messageapi.vocab.urls import parts_of

Theme = Literal["light", "dark", "system"]
SCOPE_KEY = "messageapi.visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """`token` is what their forms carry. `spoken`: what the browser asks for. `piece`: htmx asks for the content alone,
    without the frame around it. `pending` and `second` are the steps of a sign-up and of a login that are not over.
    """

    path: str
    now: int
    token: str
    https: bool
    seen_from: SeenFrom
    host: str = ""
    request_id: str = ""
    spoken: str = "en"
    theme: Theme = "system"
    piece: bool = False
    signed_in: SignedIn | None = None
    session: str = field(default="", repr=False)
    pending: str = field(default="", repr=False)
    second: str = field(default="", repr=False)
    flash: Flash | None = None
    fresh_token: bool = False

    @property
    def caller(self) -> Caller:
        """For the rooms' functions. Pages that declare a role always have one."""
        return caller_of(self.person)

    @property
    def person(self) -> SignedIn:
        if self.signed_in is None:
            raise LookupError("an open page asked who is signed in")
        return self.signed_in

    def stands_at(self, origin: str) -> bool:
        """Is this the address in their browser?"""
        return bool(origin) and parts_of(origin).netloc == self.host

    @property
    def time_zone(self) -> str:
        return self.signed_in.time_zone if self.signed_in else "UTC"

    @property
    def language(self) -> str:
        return self.signed_in.language if self.signed_in else self.spoken


def visitor_of(scope: Any) -> Visitor:
    """The visitor of this request; the guard put them there."""
    return cast("Visitor", scope[SCOPE_KEY])
