"""What waits for one listener: a few events, or the reason why it ends. A reader who is too slow loses its place in
the queue and nothing else: it comes back with the id of the last event it got.
"""

import asyncio
from collections import deque
from typing import Literal, NamedTuple

from messageapi.live.wanted import Wanted

MOST_EVENTS = 1_000
MOST_BYTES = 1 << 20
AT_ONCE = 1 << 16
"""Bytes that are sent in one piece."""
Why = Literal["too_slow", "key_ended", "server_stopping", "unavailable"]


class Event(NamedTuple):
    """One event, opened once for all who listen."""

    seq: int
    id: str
    number_id: str | None
    type: str
    payload: bytes


class Listener:
    """`passed`: all events up to this one are behind it, taken or not wanted."""

    def __init__(self, wanted: Wanted, key_id: str | None = None) -> None:
        self.wanted = wanted
        self.key_id = key_id
        self.passed = 0
        self.why: Why | None = None
        self._waiting: deque[Event] = deque()
        self._bytes = 0
        self._come = asyncio.Event()

    def offer(self, event: Event) -> None:
        if self.why is not None or not self.wanted.has(event.type, event.number_id):
            return
        self._waiting.append(event)
        self._bytes += len(event.payload)
        if len(self._waiting) > MOST_EVENTS or self._bytes > MOST_BYTES:
            self.end("too_slow")
        self._come.set()

    def end(self, why: Why) -> None:
        """The first reason counts. What waits is dropped: it is in the outbox."""
        if self.why is None:
            self.why = why
            self._waiting.clear()
            self._come.set()

    async def wait(self, seconds: float) -> bool:
        """True when there is something to take, or it has ended."""
        try:
            async with asyncio.timeout(seconds):
                await self._come.wait()
        except TimeoutError:
            return False
        return True

    def take(self, most: int = MOST_EVENTS) -> list[Event]:
        """What waits, up to a piece."""
        taken: list[Event] = []
        size = 0
        while self._waiting and len(taken) < most and size < AT_ONCE:
            event = self._waiting.popleft()
            size += len(event.payload)
            taken.append(event)
        self._bytes -= size
        if not self._waiting and self.why is None:
            self._come.clear()
        return taken

    @property
    def empty(self) -> bool:
        return not self._waiting
