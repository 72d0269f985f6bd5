"""Finds the API key of a request. It may come in one of three headers; two different keys are a mistake and refused."""

from collections.abc import Iterable

from messageapi.errors import Problem

_KEY_HEADERS = (b"x-api-key", b"apikey")


def key_of(headers: Iterable[tuple[bytes, bytes]], in_address: list[str]) -> str:
    """The one key presented. The same key twice is harmless; other Authorization schemes belong to proxies and are
    passed over.
    """
    found = set(in_address)
    for name, value in headers:
        if name in _KEY_HEADERS:
            found.add(value.decode("latin-1").strip())
        elif name == b"authorization" and value[:7].lower() == b"bearer ":
            found.add(value[7:].decode("latin-1").strip())
    found.discard("")
    if not found:
        raise Problem("key_missing", 401, "No API key was sent. Send it in the X-API-Key header; keys begin with msg_.")
    if len(found) > 1 or len(in_address) > 1:
        raise Problem("key_conflict", 400, "Several API keys were sent. Send exactly one, in the X-API-Key header.")
    return found.pop()
