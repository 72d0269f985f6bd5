"""How far a key reaches: some numbers, some networks, or the sandbox alone."""

import ipaddress
from collections.abc import Iterable

import msgspec

from messageapi.errors import Problem
from messageapi.outside.addresses import Address, Network

MOST_NETWORKS = 50
_MAPPED_BITS = 96


class Reach(msgspec.Struct, frozen=True):
    """None: no limit. `test`: sandbox numbers alone, those that come later as well."""

    numbers: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None
    test: bool = False

    @property
    def narrow(self) -> bool:
        return self.numbers is not None or self.test


def valid_networks(given: Iterable[str]) -> tuple[str, ...]:
    """As they are compared: `192.0.2.7` is `192.0.2.7/32`. Raise Problem networks_invalid."""
    try:
        found = tuple(dict.fromkeys(str(_plain(ipaddress.ip_network(each.strip()))) for each in given))
    except ValueError:
        found = ()
    if not 1 <= len(found) <= MOST_NETWORKS:
        raise Problem(
            "networks_invalid",
            422,
            f"`networks` are 1 to {MOST_NETWORKS} addresses or ranges such as 192.0.2.7 or 2001:db8::/48.",
        )
    return found


def networks_of(written: str | None) -> tuple[Network, ...] | None:
    found = read_list(written)
    return None if found is None else tuple(ipaddress.ip_network(each) for each in found)


def within(address: Address | None, networks: Iterable[Network]) -> bool:
    """An address that is not known is in none."""
    return address is not None and any(address in network for network in networks)


def narrower(wanted: Iterable[Network], than: Iterable[Network]) -> bool:
    """Is every one of these inside one of those?"""
    outer = tuple(than)
    return all(any(_inside(network, each) for each in outer) for network in wanted)


def written(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else msgspec.json.encode(values).decode()


def read_list(text: str | None) -> list[str] | None:
    return None if text is None else msgspec.json.decode(text, type=list[str])


def _plain(network: Network) -> Network:
    """`::ffff:192.0.2.7` is the IPv4 address: requests that come from it are seen as that."""
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED_BITS:
        return network
    return ipaddress.ip_network((mapped, network.prefixlen - _MAPPED_BITS))


def _inside(network: Network, outer: Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and network.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and network.subnet_of(outer)
