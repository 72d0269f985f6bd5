"""Say in one sentence what this machine lacks before anything is installed.

Run: python3 tools/check_machine.py [venv]; exit code 3 when something is missing.
"""

import sys
from collections.abc import Iterator

MISSING = 3


def problems(wanted: list[str]) -> Iterator[str]:
    """Each: what is missing and the command that brings it."""
    if "venv" in wanted and not _importable("venv", "ensurepip"):
        yield "Python's venv module is missing. Install it: apt-get install python3-venv"


def _importable(*names: str) -> bool:
    try:
        for name in names:
            __import__(name)
    except ImportError:
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
