"""Passwords: what a good one is, and Argon2id (19 MiB, 2 passes, 1 lane) in two threads, so that many logins at once
cannot take the machine's memory.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from messageapi.errors import Problem

T = TypeVar("T")

SHORTEST = 8
LONGEST = 1024
THREADS = 2
MOST_WAITING = 64  # each is made to cost a processor something: whoever comes later would wait for seconds
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
_waiting: set[object] = set()


def check_password(password: str, *about: str) -> None:
    """Raise Problem for one that is easy to guess. `about`: the person's name and email, which are guessed first."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Problem(
            "password_length", 422, f"A password has {SHORTEST} to {LONGEST:,} characters. Choose another length."
        )
    small = password.casefold()
    if small in _common() or len(set(small)) < 3 or small in _parts(about):
        raise Problem(
            "password_common",
            422,
            "This password is among the first that attackers try. Choose another; three or four random words are good.",
        )


async def hashed(password: str) -> str:
    return await _apart(lambda: _hasher.hash(_bounded(password)))


async def matches(password: str, known: str | None) -> bool:
    """Takes as long for somebody unknown (None) as for a wrong password."""

    def work() -> bool:
        nobody = _nobody()  # for everybody: else the first one unknown since the start would take twice as long
        try:
            return _hasher.verify(known or nobody, _bounded(password)) and known is not None
        except (VerificationError, InvalidHashError):
            return False

    return await _apart(work)


def outdated(known: str) -> bool:
    """Was it hashed with other parameters than today's?"""
    return _hasher.check_needs_rehash(known)


async def _apart(work: Callable[[], T]) -> T:
    if len(_waiting) >= MOST_WAITING:
        raise Problem("logins_busy", 503, "Too many people are logging in at this moment. Try again.", retry_after=2)
    _waiting.add(mark := object())
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting.discard(mark)


def _bounded(password: str) -> bytes:
    """Longer ones match nobody's, and surrogates are no text: neither may fail in the hasher."""
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash(b"nobody")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import (  # type: ignore[import-untyped]  # noqa: PLC0415 - a megabyte that only sign-up needs
        FREQUENCY_LISTS,
    )

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)


def _parts(about: tuple[str, ...]) -> set[str]:
    return {
        part for text in about for whole in [text.casefold()] for part in (whole, *whole.split("@"), *whole.split())
    }
