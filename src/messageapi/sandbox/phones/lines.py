"""A bounded list of JSON lines numbered from 1. The oldest go; whoever waits for a new one is told at once."""

import asyncio
from collections import deque
from itertools import islice

MOST_LINES = 20_000
MOST_BYTES = 32 << 20
PAGE = 1000


class Lines:
    def __init__(self, most: int = MOST_LINES) -> None:
        self._most = most
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self.last = 0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def oldest(self) -> int:
        """The number of the first line that is still there."""
        return self.last - len(self._lines) + 1

    def append(self, line: bytes) -> None:
        self._lines.append(line)
        self._bytes += len(line)
        self.last += 1
        while len(self._lines) > self._most or (self._bytes > MOST_BYTES and len(self._lines) > 1):
            self._bytes -= len(self._lines.popleft())
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def replace(self, n: int, line: bytes) -> None:
        place = n - self.oldest
        self._bytes += len(line) - len(self._lines[place])
        self._lines[place] = line

    def line(self, n: int) -> bytes | None:
        place = n - self.oldest
        return self._lines[place] if 0 <= place < len(self._lines) else None

    def page(self, after: int) -> tuple[int, list[bytes]]:
        """The next JSON objects behind a number, and the number of the first of them."""
        start = max(0, after + 1 - self.oldest)
        return self.oldest + start, list(islice(self._lines, start, start + PAGE))

    async def wait(self, n: int, seconds: float) -> None:
        """Return when there is something behind number n, or after that time."""
        if self.last > n or seconds <= 0:
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiting)
