"""Where a request comes from: X-Forwarded-For counts as far as trusted proxies wrote it, and no further."""

from typing import Any

import pytest

from messageapi.outside.addresses import networks
from messageapi.web.origin import origin

PROXIES = networks("10.0.0.0/8,::1")


def scope(client: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    return {"client": (client, 1) if client else None, "headers": headers}


@pytest.mark.parametrize(
    ("client", "forwarded", "seen"),
    [
        ("203.0.113.7", [], "203.0.113.7/32"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7/32"),  # no proxy of ours: anybody can write that
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1/32"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1/32"),  # the first was the caller's own claim
        ("10.0.0.1", ["198.51.100.1, 10.9.9.9"], "198.51.100.1/32"),
        ("10.0.0.1", ["198.51.100.1", "10.9.9.9"], "198.51.100.1/32"),
        ("10.0.0.1", ["1.2.3.4, nonsense"], "10.0.0.1/32"),
        ("10.0.0.1", [""], "10.0.0.1/32"),
        ("10.0.0.1", [], "10.0.0.1/32"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1/32"),
        ("::1", ["[2001:db8::5]:4711"], "2001:db8::/64"),
        ("10.0.0.1", ["\u00e4"], "10.0.0.1/32"),
        ("::ffff:203.0.113.7", [], "203.0.113.7/32"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        (None, ["198.51.100.1"], "unknown"),
        ("testclient", ["198.51.100.1"], "unknown"),
    ],
)
def test_only_trusted_proxies_are_believed(client: str | None, forwarded: list[str], seen: str) -> None:
    assert origin(scope(client, *forwarded), PROXIES) == seen


def test_without_the_setting_nobody_is_believed() -> None:
    assert origin(scope("127.0.0.1", "198.51.100.1"), ()) == "127.0.0.1/32"
