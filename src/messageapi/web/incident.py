"""Exceptions nobody expected: written down with where they happened, never with what they carried."""

import traceback
from pathlib import Path

from messageapi.errors import Problem
from messageapi.logs import log

_log = log("web")
_DEEPEST = 12


def record(failure: BaseException) -> None:
    """Type and places only. An exception's text may quote a message, a statement's parameters or an address."""
    frames = traceback.extract_tb(failure.__traceback__)[-_DEEPEST:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    _log.error("unexpected_failure", failure=type(failure).__qualname__, places=places)


def unexpected() -> Problem:
    return Problem(
        "internal_error", 500, "Something failed on our side. Try again; if it stays, quote the request id to support."
    )
