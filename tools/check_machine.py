"""Say in one sentence what this machine lacks before anything is installed. Runs on any Python 3.7 or newer.

Run: python3 tools/check_machine.py [venv] [tests]; exit code 3 when something is missing.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Iterator  # noqa: UP035 - where Pythons older than the product's look for it

MISSING = 3
OLDEST = (3, 11)


def problems(wanted: list[str]) -> Iterator[str]:
    """Each: what is missing and the command that brings it."""
    if sys.version_info < OLDEST:
        found = "{}.{}".format(*sys.version_info)
        yield (
            f"MessageAPI needs Python 3.11 or newer and this one is {found}. "
            "Install a newer one and name it: make serve PYTHON=python3.11"
        )
        return
    if "venv" in wanted and not _importable("venv", "ensurepip"):
        yield "Python's venv module is missing. Install it: apt-get install python3-venv"
    if "tests" in wanted and not _loads("libmagic.so.1"):
        yield (
            "The library libmagic is missing: the protocol library's own client, to which the tests compare ours, "
            "needs it. Install it: apt-get install libmagic1"
        )


def _importable(*names: str) -> bool:
    try:
        for name in names:
            __import__(name)
    except ImportError:
        return False
    return True


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main(wanted: list[str]) -> int:
    """Print every problem; tell by the exit code whether there was one."""
    found = list(problems(wanted))
    for problem in found:
        sys.stderr.write(problem + "\n")
    return MISSING if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
