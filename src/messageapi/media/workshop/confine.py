"""Take from this process what it does not need, before it looks at the first byte of a stranger's file."""

import resource
import signal

MEMORY = 1 << 30
CPU_S = 60


def confine(wall_s: int) -> None:
    """Call it when everything is imported: beyond standard input, output and error nothing can be opened,
    no file and no socket.
    """
    for what, most in (
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY),
    ):
        _lower(what, most)
    signal.alarm(wall_s)  # also when whoever started it is gone


def _lower(what: int, most: int) -> None:
    try:
        resource.setrlimit(what, (most, most))
    except (ValueError, OSError):  # macOS knows no limit of the address space
        if what != resource.RLIMIT_AS:
            raise
