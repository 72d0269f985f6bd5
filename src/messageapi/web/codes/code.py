"""What is said about a code that an error can carry."""

from typing import NamedTuple


class Code(NamedTuple):
    """`title` names the kind of error, `sentence` says what it means and what to do next."""

    status: int
    title: str
    sentence: str
