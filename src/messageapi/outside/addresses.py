"""Which numeric addresses may be reached: those of the public internet, and networks the operator has named.

Not `ipaddress.is_global`: in Python 3.11 it lets through NAT64 and 6to4 of private addresses, multicast and more.
"""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_FORBIDDEN_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; clouds keep metadata here too
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server, a public number that leads inside
        "169.254.0.0/16",  # link-local: metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
"""The only block IANA gives out; all else of IPv6 is special."""
_FORBIDDEN_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments: benchmarking, ORCHID, ...
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "3ffe::/16",  # 6bone, returned
    )
)

_COMPATIBLE = IPv6Network("::/96")
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")  # SIIT
_NAT64 = IPv6Network("64:ff9b::/96")
_LAST_32_BITS = (_COMPATIBLE, _MAPPED, _TRANSLATED, _NAT64)
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)


def networks(text: str) -> tuple[Network, ...]:
    """From a comma-separated setting. Raise ValueError for anything else."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


@lru_cache(maxsize=1_024)
def allowed(text: str, besides: tuple[Network, ...] = ()) -> bool:
    """May this address be connected to? `besides`: networks that are allowed although they are private."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _allowed(address, besides)


def _allowed(address: Address, besides: tuple[Network, ...]) -> bool:
    if any(address in network for network in besides):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _FORBIDDEN_4)
    if inner := list(_inside(address)):
        return all(_allowed(each, besides) for each in inner)
    return address in _PUBLIC_6 and not any(address in network for network in _FORBIDDEN_6)


def _inside(address: IPv6Address) -> Iterator[IPv4Address]:
    """IPv4 addresses that an IPv6 address carries: packets to it end up there."""
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if any(address in network for network in _LAST_32_BITS):
        yield low
    elif address in _SIX_TO_FOUR:
        yield IPv4Address(number >> 80 & 0xFFFFFFFF)
    elif address in _TEREDO:
        yield IPv4Address(number >> 64 & 0xFFFFFFFF)  # the server
        yield IPv4Address(~number & 0xFFFFFFFF)  # the client, written inverted
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        yield low
