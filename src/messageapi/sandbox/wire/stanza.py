"""What is said on the wire: nodes (a tag, attributes, and bytes or child nodes inside) and the addresses in them."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

# Attributes that a log line may show as they are; all others can carry names, numbers or secrets.
_LOGGABLE = frozenset(
    ("class", "code", "context", "count", "error", "id", "offline", "reason", "stage", "t", "type", "v", "xmlns")
)

_CREATOR = re.compile(r"[0-9]{7,15}(?=-[0-9])")  # the id of an old group starts with its creator's number


class NodeError(ValueError):
    """A frame that is not a node, a node that cannot be written, or a part that is not there."""


class Jid(NamedTuple):
    """A WhatsApp address. `user` is empty for the server itself; `device` 0 is the phone."""

    user: str
    server: str
    device: int = 0

    @classmethod
    def parse(cls, text: str) -> "Jid":
        """Read `server`, `user@server` or `user:device@server`."""
        local, _, server = text.rpartition("@")
        user, _, device = local.partition(":")
        if not server:
            raise NodeError("an address needs a server")
        if not device:
            return cls(user, server)
        if not (device.isascii() and device.isdigit() and len(device) <= 5 and int(device) < 1 << 16):
            raise NodeError("the device in an address is a number from 0 to 65535")
        return cls(user, server, int(device))

    def __str__(self) -> str:
        if self.device:
            return f"{self.user}:{self.device}@{self.server}"
        return f"{self.user}@{self.server}" if self.user else self.server

    @property
    def bare(self) -> "Jid":
        """The same person or group without the device."""
        return Jid(self.user, self.server)

    def with_device(self, device: int) -> "Jid":
        return Jid(self.user, self.server, device)

    @property
    def masked(self) -> str:
        """The address as logs may show it: the last three characters of the user only."""
        return str(self._replace(user="…" + self.user[-3:])) if len(self.user) > 3 else str(self)


SERVER = Jid("", "s.whatsapp.net")
Attribute: TypeAlias = str | Jid


@dataclass(slots=True, repr=False)
class Node:
    """One stanza or a part of one."""

    tag: str
    attrs: dict[str, Attribute] = field(default_factory=dict)
    content: "bytes | list[Node] | None" = None

    def children(self, tag: str | None = None) -> "list[Node]":
        if not isinstance(self.content, list):
            return []
        return [node for node in self.content if tag is None or node.tag == tag]

    def child(self, *path: str) -> "Node | None":
        """The first child with that tag, its first child with the next tag, and so on."""
        node = self
        for tag in path:
            for found in node.children(tag):
                node = found
                break
            else:
                return None
        return node

    def data(self, *path: str) -> bytes:
        """The bytes inside the node found by `child(*path)`."""
        node = self.child(*path)
        if node is None or not isinstance(node.content, bytes):
            raise NodeError(f"<{'/'.join((self.tag, *path))}> with bytes is missing")
        return node.content

    def text(self, attr: str, default: str = "") -> str:
        value = self.attrs.get(attr)
        return default if value is None else str(value)

    def jid(self, attr: str) -> Jid | None:
        value = self.attrs.get(attr)
        return Jid.parse(value) if isinstance(value, str) else value

    def __str__(self) -> str:
        """A line for logs: no content bytes, no full numbers, no names."""
        attrs = "".join(f" {key}={_loggable(key, value)}" for key, value in self.attrs.items())
        if self.content is None:
            return f"<{self.tag}{attrs}/>"
        inside = f"{len(self.content)} B" if isinstance(self.content, bytes) else "".join(map(str, self.content[:8]))
        return f"<{self.tag}{attrs}>{inside}</{self.tag}>"

    __repr__ = __str__


def _loggable(key: str, value: Attribute) -> str:
    if isinstance(value, Jid):
        return value.masked
    return _CREATOR.sub("…", value[:64]) if key in _LOGGABLE else "…"
