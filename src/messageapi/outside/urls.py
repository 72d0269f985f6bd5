"""Addresses as customers type them: taken when they are plainly what they seem, refused otherwise.

The guard does not rest on this: whatever passes here is judged again by its number when a socket is made.
"""

import re
import unicodedata
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

import idna
from yarl import URL

from messageapi.outside.errors import OutsideError

LONGEST = 2048
SCHEMES = frozenset({"http", "https"})
_STRANGE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff]")
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://(?P<authority>[^/?#]*)")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)", re.IGNORECASE)
_DOTTED = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")


def checked(text: str, ports: frozenset[int]) -> URL:
    """The address to visit. Raise OutsideError(bad_url)."""
    if len(text) > LONGEST:
        raise _bad(f"it is longer than {LONGEST} characters")
    if _STRANGE.search(text):
        raise _bad("it holds blanks, backslashes or control characters")
    seen = _AUTHORITY.match(text)
    if not seen:
        raise _bad("it does not begin with https:// or http://")
    _check_authority(seen["authority"])
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError:
        raise _bad("it cannot be read") from None
    if url.scheme not in SCHEMES:
        raise _bad("it does not begin with https:// or http://")
    if not host:
        raise _bad("it has no host")
    if port not in ports:
        raise _bad("its port is not one that is visited")
    return url.with_fragment(None)


def is_forbidden_literal(url: URL, allowed: Callable[[str], bool]) -> bool:
    """Its host is a number, and one that is not reached: no need to wait for the socket to say so."""
    host = url.host or ""
    try:
        ip_address(host)
    except ValueError:
        return False
    return not allowed(host)


def _check_authority(authority: str) -> None:
    """Before a parser with opinions of its own sees it."""
    if "@" in authority:
        raise _bad("it holds a user name or password")
    if "%" in authority:
        raise _bad("its host is percent-encoded")
    if authority.startswith("["):
        return _check_ipv6(authority[1:].partition("]")[0])
    return _check_host(authority.rpartition(":")[0] if ":" in authority else authority)


def _check_ipv6(inside: str) -> None:
    """The URL parser also takes what RFC 3986 keeps for the future."""
    try:
        IPv6Address(inside)
    except ValueError:
        raise _bad("its host is not an IPv6 address") from None


def _check_host(host: str) -> None:
    name = host.removesuffix(".")
    if not name.isascii():
        name = _in_ascii(name)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _bad("its host is not a name")
    if _NUMBER.fullmatch(labels[-1]) and not _DOTTED.fullmatch(name):
        raise _bad("its host is a number in disguise")


def _in_ascii(name: str) -> str:
    """Only names that look the same in every normal form: no wide digits, no circled letters, no odd full stops."""
    if unicodedata.normalize("NFKC", name) != name or "\u3002" in name:
        raise _bad("its host has look-alike characters")
    try:
        return idna.encode(name.lower()).decode("ascii")
    except idna.IDNAError:
        raise _bad("its host is not a name") from None


def _bad(why: str) -> OutsideError:
    return OutsideError("bad_url", f"The URL cannot be visited: {why}.")
