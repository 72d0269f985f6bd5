"""Persons in the library's events, under both addresses: the one named, and the other as the library knows it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from messageapi.engines.linked import addresses
from messageapi.engines.linked.addresses import bare
from messageapi.engines.linked.library.native import Client, GoneError
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import Somebody
from messageapi.vocab.jid import LID_SERVER, PN_SERVER


def somebody(client: Client, *named: Any) -> Somebody:
    """`named` are addresses of one person, empty ones among them. The library is asked for what is missing."""
    phone = next((one for one in named if one.Server == PN_SERVER and one.User), None)
    lid = next((one for one in named if one.Server == LID_SERVER and one.User), None)
    number = bare(phone) if phone else other(client.phone_of, bare(lid)) if lid else ""
    hidden = bare(lid) if lid else other(client.lid_of, number) if number else ""
    return Somebody(f"+{number.partition('@')[0]}" if number else "", hidden)


def both(client: Client, address: str) -> set[str]:
    """An address of a person, and the other one where the library knows it."""
    found = other(client.phone_of if address.endswith(f"@{LID_SERVER}") else client.lid_of, address)
    return {address, found} - {""}


def other(ask: Callable[[bytes], bytes], jid: str) -> str:
    """Of the same person, from what the library has learned; empty where it has not, or is gone."""
    with suppress(GoneError):
        return bare(wire.GetJIDFromStoreReturnFunction.FromString(ask(addresses.to_bytes(jid))).Jid)
    return ""
