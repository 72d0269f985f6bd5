"""How stanzas reach a phone: at once, later when it is slow, or, while it is offline, not before it is back."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from messageapi.sandbox.server.relay.queue import MOST_BYTES, MOST_KEPT, Key
from messageapi.sandbox.wire.nodes import decode, encode
from messageapi.sandbox.wire.stanza import Node

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone

_AT_ONCE = 50  # stanzas taken in one step of the event loop by a phone that comes back


class Reception:
    """What waits lies here encoded, with the time from which the phone may have it."""

    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def full(self) -> bool:
        """Senders are refused until the phone has come back and taken what waits."""
        return len(self._waiting) >= MOST_KEPT or self._size >= MOST_BYTES

    def deliver(self, node: Node) -> None:
        habits = self._phone.habits
        if habits.online and not habits.delay_ms and not self._waiting:
            self._phone.receive(node)
            return
        if self.full:
            self._pop()
            self._phone.network.stats.count("dropped")
        due = asyncio.get_running_loop().time() + habits.delay_ms / 1000
        self._append(due, encode(node, self._phone.network.tokens))
        self._phone.account.touch()
        self.wake()

    def _append(self, due: float, frame: bytes) -> None:
        self._waiting.append((due, frame))
        self._size += len(frame)

    def _pop(self) -> bytes:
        _, frame = self._waiting.popleft()
        self._size -= len(frame)
        return frame

    def acknowledge(self, key: Key) -> None:
        """A phone takes stanzas in memory: there is nothing to acknowledge."""

    def wake(self) -> None:
        """Look again: the phone may have come back, or something may be due."""
        if self._timer or not self._waiting or not self._phone.habits.online:
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(max(self._waiting[0][0], loop.time()), self._take)

    def _take(self) -> None:
        self._timer = None
        now, phone = asyncio.get_running_loop().time(), self._phone
        for _ in range(_AT_ONCE):
            if not self._waiting or not phone.habits.online or self._waiting[0][0] > now:
                break
            phone.receive(decode(self._pop(), phone.network.tokens))
        self.wake()

    def frames(self) -> list[bytes]:
        return [frame for _, frame in self._waiting]

    def restore(self, frames: list[bytes]) -> None:
        for frame in frames:
            self._append(0.0, frame)
