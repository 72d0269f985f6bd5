"""Random bytes of the system, drawn in portions. Each draw lets go of the interpreter's lock, and to get that back from
other threads takes longer than the bytes do: an accepted message needs ten draws.
"""

import os
import threading

PORTION = 4_096


class _Drawn(threading.local):
    """Each thread has its own, so none has to lock."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.used = 0


_drawn = _Drawn()


def random_bytes(size: int) -> bytes:
    """As good as `os.urandom`. What was handed out is wiped here."""
    drawn = _drawn
    start, end = drawn.used, drawn.used + size
    if end > len(drawn.bytes):
        if size > PORTION:
            return os.urandom(size)
        drawn.bytes = bytearray(os.urandom(PORTION))
        start, end = 0, size
    taken = bytes(drawn.bytes[start:end])
    drawn.bytes[start:end] = bytes(size)
    drawn.used = end
    return taken


def _forget() -> None:
    """A child must not hand out what its parent does."""
    _drawn.bytes = bytearray()


os.register_at_fork(after_in_child=_forget)
