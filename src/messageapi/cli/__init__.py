"""The command line: one file a noun, every command with --json and an exit code that means something."""

import sys

from messageapi.cli.exits import Exit


def main() -> None:
    """Entry point of `messageapi`. The rest is imported late, so that an incomplete installation can be explained."""
    try:
        from messageapi.cli.app import app  # noqa: PLC0415
    except ModuleNotFoundError as problem:
        sys.stderr.write(f"The installation is incomplete: {problem.name} is missing. Install again: make serve\n")
        sys.exit(Exit.MISSING)
    app()
