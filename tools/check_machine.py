"""Say in one sentence what this machine lacks before anything is installed. Runs on any Python 3.6 or newer.

Run: python3 tools/check_machine.py [venv] [tests]; exit code 3 when something is missing.
"""

import ctypes
import sys

MISSING = 3
OLDEST = (3, 11)


def problems(wanted):  # noqa: ANN001, ANN201 - read by Pythons older than the product's
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


def _importable(*names):  # noqa: ANN002, ANN202
    try:
        for name in names:
            __import__(name)
    except ImportError:
        return False
    return True


def _loads(name):  # noqa: ANN001, ANN202
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main(wanted):  # noqa: ANN001, ANN201
    """Print every problem; tell by the exit code whether there was one."""
    found = list(problems(wanted))
    for problem in found:
        sys.stderr.write(problem + "\n")
    return MISSING if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
