"""Exit codes: what a script may rely on. docs/reference/exit-codes.md lists them and a test compares."""

from enum import IntEnum


class Exit(IntEnum):
    """The description of each is the sentence in the reference."""

    OK = 0
    FAILED = 1
    USAGE = 2
    MISSING = 3
    UNREACHABLE = 4
    REFUSED = 5
    BLOCKED = 6
    TIMEOUT = 7
    INTERRUPTED = 130


MEANING: dict[Exit, str] = {
    Exit.OK: "Done.",
    Exit.FAILED: "It was tried and did not work; the sentence on stderr says why.",
    Exit.USAGE: "Wrong arguments, or a setting that is missing or malformed.",
    Exit.MISSING: "This machine lacks something the server needs; the sentence says what to do.",
    Exit.UNREACHABLE: "No server answers at the address, or it did not answer in time.",
    Exit.REFUSED: "The server answered and refused: a wrong key, an unknown number, a limit.",
    Exit.BLOCKED: "The server cannot start: port or folder in use, folder not writable, database damaged, key missing.",
    Exit.TIMEOUT: "What was waited for did not happen in time; nothing is broken.",
    Exit.INTERRUPTED: "Stopped with Ctrl-C.",
}


class CliError(Exception):
    """What the person at the terminal reads: one or two sentences that end in the next action."""

    def __init__(self, exit_code: Exit, message: str, *, code: str = "failed", status: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.message = message
        self.code = code
        self.status = status
