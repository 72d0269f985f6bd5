"""What a phone has received, decrypted, ready as JSON; bounded in number and size. Whoever waits is told at once."""

import asyncio
from collections import deque
from itertools import islice

import msgspec

MOST_MESSAGES = 20_000
MOST_BYTES = 32 << 20
PAGE = 1000


class Entry(msgspec.Struct, rename="camel", frozen=True):
    n: int
    id: str
    from_: str = msgspec.field(name="from")
    from_lid: str = msgspec.field()
    from_device: int = msgspec.field()
    chat: str = msgspec.field()
    group: bool = msgspec.field()
    own: bool = msgspec.field()
    type: str = msgspec.field()
    text: str = msgspec.field()
    at: int = msgspec.field()
    enc: str = msgspec.field()


class Inbox:
    """`unsaved` are the lines that are not on disk yet."""

    def __init__(self) -> None:
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self.last = 0
        self.unsaved: list[bytes] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, entry: Entry) -> None:
        """`entry.n` has to be `last + 1`."""
        line = msgspec.json.encode(entry)
        self._append(line)
        self.unsaved.append(line)
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def _append(self, line: bytes) -> None:
        self._lines.append(line)
        self._bytes += len(line)
        self.last += 1
        while len(self._lines) > MOST_MESSAGES or (self._bytes > MOST_BYTES and len(self._lines) > 1):
            self._bytes -= len(self._lines.popleft())

    def page(self, after: int) -> tuple[int, list[bytes]]:
        """The next JSON objects behind a number, and the number of the first of them."""
        oldest = self.last - len(self._lines) + 1
        start = max(0, after + 1 - oldest)
        return oldest + start, list(islice(self._lines, start, start + PAGE))

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

    def restore(self, lines: list[bytes]) -> None:
        """Take over saved lines; a last one that was cut off by a crash is left out."""
        for line in lines:
            try:
                n = msgspec.json.decode(line, type=Entry).n
            except msgspec.DecodeError:
                continue
            self.last = n - 1
            self._append(line)
