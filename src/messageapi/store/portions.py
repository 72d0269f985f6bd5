"""Long lists of values, cut for the IN lists of statements."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

PORTION = 512
"""SQLite takes 32,766 parameters, and plans stay good far below."""


def portions(values: Iterable[T]) -> Iterable[list[T]]:
    """Short enough for one statement each."""
    everything = list(values)
    return (padded(everything[at : at + PORTION]) for at in range(0, len(everything), PORTION))


def padded(some: list[T]) -> list[T]:
    """With the last value again and again, up to the next power of two: each length makes a statement of its own, and
    a database prepares every statement it does not know.
    """
    missing = (1 << (len(some) - 1).bit_length()) - len(some)
    return some + some[-1:] * missing if some else some
