"""Where the process's output goes: the native library prints to descriptor 1 whatever it likes, even pairing codes.

Descriptor 1 becomes /dev/null. Descriptor 2 becomes a pipe whose lines are passed on, without the library's chatter.
"""

import os
import sys
import threading

_CHATTER = b"Press Ctrl+C to exit"


class Streams:
    """`say` writes the one line the parent waits for. Our own log lines go straight to the real stderr."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        self._err = os.dup(2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.close(null)
        # not by way of the filter, so that they are not lost when the process aborts
        sys.stderr = os.fdopen(os.dup(self._err), "w", buffering=1, encoding="utf-8", errors="backslashreplace")

    def say(self, line: str) -> None:
        os.write(self._out, line.encode() + b"\n")
        os.close(self._out)

    def quiet(self) -> None:
        """From here on descriptor 2 is filtered. What a dying library says there still reaches the parent."""
        reading, writing = os.pipe()
        os.dup2(writing, 2)
        os.close(writing)
        threading.Thread(target=self._pass_on, args=(reading,), daemon=True, name="stderr").start()

    def _pass_on(self, reading: int) -> None:
        rest = b""
        while data := os.read(reading, 65536):
            *lines, rest = (rest + data).split(b"\n")
            wanted = [line + b"\n" for line in lines if line and _CHATTER not in line]
            if wanted:
                os.write(self._err, b"".join(wanted))
