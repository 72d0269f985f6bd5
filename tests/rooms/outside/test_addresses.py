"""Public addresses may be reached, and no way of writing a private one may."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.outside.addresses import allowed, networks

CARRIERS: list[Callable[[int], int]] = [
    lambda inner: 0xFFFF << 32 | inner,  # mapped
    lambda inner: inner,  # compatible
    lambda inner: 0xFFFF << 48 | inner,  # translated
    lambda inner: 0x64FF9B << 96 | inner,  # NAT64
    lambda inner: 0x64FF9B0001 << 80 | inner,  # local NAT64
    lambda inner: 0x2002 << 112 | inner << 80 | 1,  # 6to4
    lambda inner: 0x20010000 << 96 | inner << 64 | 0xF7F7F7F7,  # Teredo, the server
    lambda inner: 0x20010000 << 96 | 0x08080808 << 64 | inner ^ 0xFFFFFFFF,  # Teredo, the client
    lambda inner: 0x2606_4700 << 96 | 0x5EFE << 32 | inner,  # ISATAP
]
INSIDE = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
private = st.one_of([st.ip_addresses(v=4, network=each) for each in INSIDE])


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
        "2002:808:808::1",
        "2001:200::1",
        "2600:1f00::1",
    ],
)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert allowed(address)


@given(private)
def test_private_addresses_may_not(address: IPv4Address) -> None:
    assert not allowed(str(address))


@given(private, st.sampled_from(CARRIERS))
def test_private_addresses_inside_ipv6_may_not(address: IPv4Address, carrier: Callable[[int], int]) -> None:
    assert not allowed(str(IPv6Address(carrier(int(address)))))


@given(st.integers(0, 2**128 - 1).filter(lambda number: number >> 125 != 1 and number >> 32 != 0x64FF9B << 64))
def test_nothing_outside_the_public_block_may(number: int) -> None:
    """But for what is an IPv4 address in another form."""
    address = IPv6Address(number)
    assert not allowed(str(address)) or number >> 32 in {0, 0xFFFF, 0xFFFF0000}


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0x7f.1", "127.1", "8.8.8.8.", " 8.8.8.8", "::1::"])
def test_what_is_no_numeric_address_may_not(text: str) -> None:
    assert not allowed(text)


def test_a_zone_does_not_hide_an_address() -> None:
    assert not allowed("fe80::1%eth0")
    assert not allowed("::1%8.8.8.8")


def test_the_operator_opens_networks_by_name() -> None:
    opened = networks("127.0.0.0/8, fd00::/8")
    assert allowed("127.0.0.1", opened)
    assert allowed("::ffff:127.0.0.1", opened)
    assert allowed("fd00::1", opened)
    assert not allowed("10.0.0.1", opened)
    assert not allowed("::1", opened)


@pytest.mark.parametrize("text", ["localhost", "127.0.0.1/33", "10.0.0.1/8", "all", "0x7f/8"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        networks(text)
