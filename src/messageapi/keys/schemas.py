"""The public shape of API keys."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.keys.find import Key
from messageapi.keys.format import PREFIX
from messageapi.keys.reach import read_list
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
    numbers: Annotated[
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(min_length=1, max_length=100)] | None,
        Meta(description="Ids of the numbers it reaches. Null: all. Then it can only send, read and manage numbers."),
    ] = None
    networks: Annotated[
        Annotated[list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(min_length=1, max_length=50)] | None,
        Meta(
            description="Addresses and ranges it may be used from. Null: from anywhere.",
            examples=[["192.0.2.7", "2001:db8::/48"]],
        ),
    ] = None
    test: Annotated[bool, Meta(description="A test key: it reaches numbers of the sandbox and no others.")] = False


class KeyRotation(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """How a key gives way to its successor."""

    overlap_hours: Annotated[
        int, Meta(ge=0, le=168, description="For so long the old key works beside the new one. 0: not at all.")
    ] = 24


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
    numbers: Annotated[list[str] | None, Meta(description="Ids of the numbers it reaches. Null: all.")]
    networks: Annotated[list[str] | None, Meta(description="Where it may be used. Null: anywhere.")]
    test: Annotated[bool, Meta(description="It reaches numbers of the sandbox and no others.")]
    replaces: Annotated[str | None, Meta(description="Id of the key that was rotated into this one.")]


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
        numbers=read_list(key.numbers),
        networks=read_list(key.networks),
        test=key.test,
        replaces=key.replaces,
    )


def new_view(key: Key, secret: str) -> NewKeyView:
    return NewKeyView(**msgspec.structs.asdict(view(key)), key=secret)
