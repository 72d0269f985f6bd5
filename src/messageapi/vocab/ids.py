"""Ids of everything we name.
Prefixed and random for resources, time-ordered UUIDs for messages (the reference's shape).
"""

import time
from threading import Lock

from messageapi.vocab.chance import random_bytes

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no i, l, o, u to misread
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_SHIFTS = range(120, -1, -10)


def _base32(number: int) -> str:
    """The 26 digits of a number of 130 bits, two at a time."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


class _Growing:
    """48 bits of time (so indexes stay dense) and 82 random bits, each number greater than the one before: lists go by
    id, and two things may be made in one millisecond.
    """

    def __init__(self) -> None:
        self._last = 0
        self._alone = Lock()

    def next(self) -> int:
        random = int.from_bytes(random_bytes(11), "big") >> 6
        with self._alone:
            self._last = max(self._last + 1, (time.time_ns() // 1_000_000) << 82 | random)
            return self._last


_growing = _Growing()


def new_id(prefix: str) -> str:
    """`acc_06f1...`: 26 characters, behind those of all ids this process made before."""
    return f"{prefix}_{_base32(_growing.next())}"


def time_of(made: str) -> int | None:
    """When `new_id` made this, in milliseconds; None for what it did not make."""
    digits = made.partition("_")[2]
    if len(digits) != 26 or not set(digits) <= set(ALPHABET):
        return None
    number = 0
    for digit in digits:
        number = number << 5 | ALPHABET.index(digit)
    return number >> 82


def new_message_id() -> str:
    """A UUID version 7 (RFC 9562): sortable by the moment of acceptance."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(random_bytes(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
