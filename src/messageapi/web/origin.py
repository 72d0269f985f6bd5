"""Where a request comes from: an address, through the proxies that are trusted and through no others."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from messageapi.outside.addresses import Address, Network

_FORWARDED = b"x-forwarded-for"
_ONE_CUSTOMER = 64
"""Bits of an IPv6 address that a provider gives to one customer, who has all addresses below them."""


def origin(scope: Mapping[str, Any], proxies: Sequence[Network]) -> str:
    """The network of one customer that it comes from."""
    return _network(address_of(scope, proxies))


def address_of(scope: Mapping[str, Any], proxies: Sequence[Network]) -> Address | None:
    """Of the addresses in X-Forwarded-For only those count that a trusted proxy wrote: it appends whom it heard."""
    client = scope.get("client")
    address = _address(client[0]) if client else None
    for hop in _hops(scope) if proxies else ():
        if address is None or not any(address in network for network in proxies):
            break
        before = _address(hop)
        if before is None:
            break
        address = before
    return address


def _hops(scope: Mapping[str, Any]) -> Iterator[str]:
    """The nearest first."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == _FORWARDED]
    return reversed([hop.strip() for hop in ",".join(lines).split(",")])


def _address(text: str) -> Address | None:
    """Some proxies add the port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: Address | None) -> str:
    if address is None:
        return "unknown"
    bits = address.max_prefixlen if address.version == 4 else _ONE_CUSTOMER
    return str(ipaddress.ip_network((address, bits), strict=False))
