"""What the server keeps for a linked device until the device acknowledges it; after a login it comes in portions."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from messageapi.sandbox.wire.nodes import decode, encode
from messageapi.sandbox.wire.stanza import Attribute, Node
from messageapi.sandbox.wire.tokens import Tokens

MOST_KEPT = 10_000
MOST_BYTES = 32 << 20
PORTION = 100  # stanzas of the offline queue under way without an acknowledgement


class Key(NamedTuple):
    """What a kept stanza and its acknowledgement have in common."""

    tag: str
    id: str
    sender: str = ""
    type: str = ""

    @classmethod
    def of(cls, node: Node) -> "Key":
        """The key of a stanza on its way to a device."""
        if node.tag == "notification":
            return cls(node.tag, node.text("id"))
        sender = node.jid("participant") or node.jid("from")
        kind = node.text("type") if node.tag == "receipt" else ""
        return cls(node.tag, node.text("id"), sender.user if sender else "", kind)


class Line(Protocol):
    """The open connection of a device."""

    def send_frame(self, frame: bytes) -> None: ...

    def send(self, node: Node) -> None: ...

    def finish(self, node: Node) -> None:
        """Say why, then close a moment later."""

    def cut(self) -> None:
        """Break the connection without a word."""


class Mailbox:
    """Stanzas lie here encoded, in order of arrival. `changed` is told whenever the content has changed."""

    __slots__ = (
        "_backlog",
        "_changed",
        "_offline",
        "_room",
        "_size",
        "_tokens",
        "_under_way",
        "dropped",
        "kept",
        "line",
    )

    def __init__(self, tokens: Tokens, changed: Callable[[], None]) -> None:
        self.kept: dict[Key, bytes] = {}
        self.line: Line | None = None
        self.dropped = 0
        self._tokens = tokens
        self._changed = changed
        self._backlog: deque[tuple[Key, bool]] | None = None  # not None: the offline queue is still on its way
        self._under_way: set[Key] = set()
        self._room = PORTION
        self._offline = 0
        self._size = 0

    def deliver(self, node: Node) -> None:
        """Keep the stanza and send it if the device is there."""
        key, frame = Key.of(node), encode(node, self._tokens)
        self._keep(key, frame)
        self._changed()
        if self._backlog is not None:
            self._backlog.append((key, False))
        elif self.line is not None:
            self.line.send_frame(frame)

    def _keep(self, key: Key, frame: bytes) -> None:
        """A device that never comes back loses the oldest."""
        self._take_out(key)
        self.kept[key] = frame
        self._size += len(frame)
        while len(self.kept) > MOST_KEPT or (self._size > MOST_BYTES and len(self.kept) > 1):
            self._take_out(next(iter(self.kept)))
            self.dropped += 1

    def _take_out(self, key: Key) -> bool:
        frame = self.kept.pop(key, None)
        self._size -= len(frame or b"")
        return frame is not None

    def acknowledge(self, key: Key) -> None:
        if not self._take_out(key):
            return
        self._changed()
        if key in self._under_way:
            self._under_way.discard(key)
            self._pump()

    def attach(self, line: Line) -> None:
        """A device has logged in: announce what waits for it and send the first portion."""
        self.line = line
        self._backlog = deque((key, True) for key in self.kept)
        self._under_way.clear()
        self._room, self._offline = PORTION, len(self.kept)
        if self._offline:
            line.send(Node("ib", {}, [Node("offline_preview", self._preview())]))
        self._pump()

    def detach(self, line: Line) -> None:
        """Only the connection that is attached can leave; a replaced one has nothing left to take away."""
        if self.line is line:
            self.line = None
            self._backlog = None
            self._under_way.clear()

    def grant(self, count: int) -> None:
        """The device asks for `count` more stanzas of its offline queue."""
        self._room += max(0, min(count, MOST_KEPT))
        self._pump()

    def restore(self, frames: list[bytes]) -> None:
        for frame in frames:
            self._keep(Key.of(decode(frame, self._tokens)), frame)

    def _preview(self) -> dict[str, Attribute]:
        tags = [key.tag for key in self.kept]
        return {
            "count": str(len(tags)),
            "message": str(tags.count("message")),
            "receipt": str(tags.count("receipt")),
            "notification": str(tags.count("notification")),
            "appdata": "0",
        }

    def _pump(self) -> None:
        line, backlog = self.line, self._backlog
        if line is None or backlog is None:
            return
        while backlog and len(self._under_way) < self._room:
            key, offline = backlog.popleft()
            frame = self.kept.get(key)
            if frame is None:
                continue
            self._under_way.add(key)
            self._send(line, frame, offline=offline)
        if not backlog:
            self._backlog = None
            line.send(Node("ib", {}, [Node("offline", {"count": str(self._offline)})]))

    def _send(self, line: Line, frame: bytes, *, offline: bool) -> None:
        if not offline:
            line.send_frame(frame)
            return
        node = decode(frame, self._tokens)
        node.attrs["offline"] = "0"
        line.send(node)
