"""Keeps calls into the native library apart from changes of its client table.

The library looks a client up in a Go map at the start of every call and changes that map when a client comes or goes.
Both at once end the process (`concurrent map read and map write`), so nobody may enter while the map changes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_ENTERING_S = 0.005  # a call that has just entered has read the map by then
_CHANGE_LIMIT_S = 3.0


class Gate:
    """Open most of the time. `enter` waits while a change is under way."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self._changing = threading.Lock()

    def enter(self) -> None:
        if not self._open.is_set():
            self._open.wait(_CHANGE_LIMIT_S)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """For a change that is over when the block ends."""
        with self._changing:
            self._open.clear()
            time.sleep(_ENTERING_S)
            try:
                yield
            finally:
                self._open.set()
