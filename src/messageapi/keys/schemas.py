"""The public shape of API keys."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.keys.find import Key
from messageapi.keys.format import PREFIX
from messageapi.vocab.caller import ScopeName
from messageapi.vocab.clock import iso


class NewKey(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A key to be made. It can hold no scope that the key in use lacks."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="What it is for.", examples=["Web shop"])]
    scopes: Annotated[
        list[ScopeName],
        Meta(min_length=1, max_length=20, description="What it may do.", examples=[["messages:send", "messages:read"]]),
    ]
    in_link: Annotated[
        bool, Meta(description="May it be used as ?apikey= in the address of /send.php? Then it can only send.")
    ] = False
    expires_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, Meta(description="After this time it is refused. Null: never.")
    ] = None


class KeyView(msgspec.Struct, rename="camel", kw_only=True):
    """An API key without its secret."""

    id: str
    name: str
    hint: Annotated[str, Meta(description="How the secret begins, to recognise it by.")]
    scopes: list[str]
    in_link: bool
    created_at: str | None
    expires_at: str | None
    last_used_at: Annotated[str | None, Meta(description="Exact to a minute.")]
    revoked_at: str | None


class NewKeyView(KeyView, rename="camel", kw_only=True):
    """A key that was just made, with its secret for the only time."""

    key: Annotated[str, Meta(description="The secret. It is not shown again: store it now.")]


def view(key: Key) -> KeyView:
    return KeyView(
        id=key.id,
        name=key.name,
        hint=f"{PREFIX}{key.lookup[:4]}…",
        scopes=key.scopes.split(),
        in_link=key.in_link,
        created_at=iso(key.created_at),
        expires_at=iso(key.expires_at),
        last_used_at=iso(key.last_used_at),
        revoked_at=iso(key.revoked_at),
    )


def new_view(key: Key, secret: str) -> NewKeyView:
    return NewKeyView(**msgspec.structs.asdict(view(key)), key=secret)
