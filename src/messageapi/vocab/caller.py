"""Whoever makes this request. The account comes from the credential and from nowhere else."""

from typing import Literal, get_args

import msgspec

ScopeName = Literal[
    "messages:send",
    "messages:read",
    "numbers:read",
    "numbers:manage",
    "webhooks:manage",
    "keys:manage",
    "account:read",
]
SCOPES: tuple[ScopeName, ...] = get_args(ScopeName)


class Caller(msgspec.Struct, frozen=True):
    """Account and credential of a request: a key, a person who is logged in, or neither, which is the operator at the
    command line.
    """

    account_id: str
    key_id: str | None
    scopes: frozenset[str]
    person_id: str | None = None

    def may(self, scope: str) -> bool:
        return scope in self.scopes


def operator_for(account_id: str) -> Caller:
    """The operator at the console acting for one account, with every scope."""
    return Caller(account_id, None, frozenset(SCOPES))


def owner_of(account_id: str, person_id: str) -> Caller:
    """A person who may do everything in an account."""
    return Caller(account_id, None, frozenset(SCOPES), person_id=person_id)
