"""The form of a key: `msg_`, 32 random base62 characters, and 6 that are their checksum, so a typo is told from a
stranger.
"""

import hashlib
import secrets
import zlib
from typing import NamedTuple

PREFIX = "msg_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM = 32  # 190 bits
CHECKSUM = 6  # 62**6 > 2**32
LENGTH = len(PREFIX) + RANDOM + CHECKSUM
LOOKUP = 10  # of the random part, stored in the clear; the 131 bits after it are known to the holder alone


class Secret(NamedTuple):
    """What is stored of a key: enough to find and to recognise it, not enough to use it."""

    lookup: str
    hash: bytes


def make() -> str:
    """A new key."""
    random = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return random + _checksum(random)


def parse(key: str) -> Secret | None:
    """None when no key of ours can have this form: mistyped, cut off, or something else."""
    if len(key) != LENGTH or not key.startswith(PREFIX) or not key.isascii():
        return None
    random, checksum = key[:-CHECKSUM], key[-CHECKSUM:]
    if checksum != _checksum(random):
        return None
    return Secret(random[len(PREFIX) :][:LOOKUP], hashlib.sha256(key.encode("ascii")).digest())


def _checksum(random: str) -> str:
    number = zlib.crc32(random.encode("ascii"))
    digits = []
    for _ in range(CHECKSUM):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
