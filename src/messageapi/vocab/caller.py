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

OF_NUMBERS: frozenset[ScopeName] = frozenset({"messages:send", "messages:read", "numbers:read", "numbers:manage"})
"""What a key for some numbers can do: everything else concerns the whole account."""


class Caller(msgspec.Struct, frozen=True):
    """Account and credential of a request: a key, a person who is logged in, or neither, which is the operator at the
    command line.
    """

    account_id: str
    key_id: str | None
    scopes: frozenset[str]
    person_id: str | None = None
    numbers: frozenset[str] | None = None
    """Ids of the numbers that a key is for; None: all of the account."""
    test: bool = False
    """A test key: `numbers` are those of the sandbox."""

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def reaches(self, number_id: str) -> bool:
        return self.numbers is None or number_id in self.numbers

    @property
    def only_number(self) -> str:
        """The one that is meant where none is named; empty when there are others."""
        return next(iter(self.numbers)) if self.numbers is not None and len(self.numbers) == 1 else ""


def operator_for(account_id: str) -> Caller:
    """The operator at the console acting for one account, with every scope."""
    return Caller(account_id, None, frozenset(SCOPES))


def owner_of(account_id: str, person_id: str) -> Caller:
    """A person who may do everything in an account."""
    return Caller(account_id, None, frozenset(SCOPES), person_id=person_id)
