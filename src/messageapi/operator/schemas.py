"""What crosses the operator's door."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class NewAccount(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """An account to be opened."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Annotated[str, Meta(min_length=3, max_length=320)]
    country: Annotated[str, Meta(min_length=2, max_length=2)] | None = None


class NewInvitation(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Somebody who is to belong to an account."""

    email: Annotated[str, Meta(min_length=3, max_length=320)]
    role: Literal["owner", "admin", "viewer"] = "owner"


class AccountView(msgspec.Struct, rename="camel", kw_only=True):
    """An account as the operator sees it."""

    id: str
    name: str
    email: str
    created_at: str | None


class AccountList(msgspec.Struct, rename="camel", kw_only=True):
    """Oldest first. `next_cursor` is null on the last page; otherwise send it as `cursor` to go on."""

    items: list[AccountView]
    next_cursor: str | None = None


class Opened(msgspec.Struct, rename="camel", kw_only=True):
    """The id of a new account or invitation."""

    id: str
