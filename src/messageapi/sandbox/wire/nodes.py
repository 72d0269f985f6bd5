"""The binary form of nodes, written with a token dictionary.

This is the hot path of the network. `encode` looks whole strings up in one table of ready-made bytes; `decode` goes by
the first byte of each value through tables of 256 entries. Whatever arrives, `decode` raises nothing but NodeError.
"""

import zlib
from collections.abc import Callable
from typing import TypeAlias

from messageapi.sandbox.wire.stanza import SERVER, Attribute, Jid, Node, NodeError
from messageapi.sandbox.wire.tokens import Tokens

__all__ = ["SERVER", "Jid", "Node", "NodeError", "decode", "encode"]

MAX_DEPTH = 32
MAX_INFLATED = 4 << 20
MAX_NODES = 50_000

_ZLIB_FLAG = 2
_EMPTY, _LIST8, _LIST16 = 0, 248, 249
_BYTES8, _BYTES20, _BYTES32 = 252, 253, 254
_DICTIONARIES = range(236, 240)
_HEX, _NIBBLE = 251, 255
_JID_INTEROP, _JID_MESSENGER, _JID_DEVICE, _JID_PAIR = 245, 246, 247, 250

_DOMAINS = {0: "s.whatsapp.net", 1: "lid", 128: "hosted", 129: "hosted.lid"}
_DOMAIN_OF = {server: byte for byte, server in _DOMAINS.items()}
_PAIR_OF_DIGITS = {
    _HEX: tuple(f"{byte:02X}" for byte in range(256)),
    _NIBBLE: tuple("0123456789-.\0\0\0\0"[byte >> 4] + "0123456789-.\0\0\0\0"[byte & 15] for byte in range(256)),
}


# --- writing ---


def encode(node: Node, tokens: Tokens) -> bytes:
    """Write a node as an uncompressed frame."""
    out = bytearray(b"\0")
    _write_node(out, node, tokens.codes)
    return bytes(out)


def _write_node(out: bytearray, node: Node, codes: dict[str, bytes]) -> None:
    attrs, content = node.attrs, node.content
    _write_list_size(out, 1 + 2 * len(attrs) + (content is not None))
    out += codes.get(node.tag) or _raw_text(node.tag)
    for key, value in attrs.items():
        out += codes.get(key) or _raw_text(key)
        if isinstance(value, str):
            out += codes.get(value) or _raw_text(value)
        else:
            _write_jid(out, value, codes)
    if isinstance(content, list):
        _write_list_size(out, len(content))
        for child in content:
            _write_node(out, child, codes)
    elif content is not None:
        out += _sized(content)


def _write_list_size(out: bytearray, size: int) -> None:
    if size == 0:
        out.append(_EMPTY)
    elif size < 1 << 8:
        out += bytes((_LIST8, size))
    elif size < 1 << 16:
        out += bytes((_LIST16, size >> 8, size & 255))
    else:
        raise NodeError("a node holds at most 65,535 parts")


def _write_jid(out: bytearray, jid: Jid, codes: dict[str, bytes]) -> None:
    user, server, device = jid
    if not device:
        out.append(_JID_PAIR)
        out += (codes.get(user) or _raw_text(user)) if user else b"\0"
        out += codes.get(server) or _raw_text(server)
        return
    if server not in _DOMAIN_OF or device > 255:
        raise NodeError(f"an address at {server} cannot carry device {device}")
    out += bytes((_JID_DEVICE, _DOMAIN_OF[server], device))
    out += codes.get(user) or _raw_text(user)


def _raw_text(text: str) -> bytes:
    return _sized(text.encode())


def _sized(data: bytes) -> bytes:
    size = len(data)
    if size < 1 << 8:
        return bytes((_BYTES8, size)) + data
    if size < 1 << 20:
        return bytes((_BYTES20, size >> 16, size >> 8 & 255, size & 255)) + data
    return bytes((_BYTES32,)) + size.to_bytes(4, "big") + data


# --- reading ---


def decode(frame: bytes, tokens: Tokens) -> Node:
    """Read one decrypted frame: a flag byte, then a node."""
    if not frame:
        raise NodeError("the frame is empty")
    reader = _Reader(_inflate(frame) if frame[0] & _ZLIB_FLAG else frame[1:], tokens)
    try:
        node = reader.node(MAX_DEPTH)
    except IndexError as error:
        raise NodeError("the frame ends in the middle of a node") from error
    except UnicodeDecodeError as error:
        raise NodeError("a string in the frame is not UTF-8") from error
    if reader.at != len(reader.data):
        raise NodeError("bytes are left over behind the node")
    return node


def _inflate(frame: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(frame[1:], MAX_INFLATED)
    except zlib.error as error:
        raise NodeError("the frame is not valid zlib data") from error
    if not inflater.eof:
        raise NodeError(f"the compressed frame is cut off or larger than {MAX_INFLATED} bytes")
    return data


class _Reader:
    """A position in one frame. Reading past the end shows as IndexError, which `decode` turns into NodeError."""

    __slots__ = ("at", "by_tag", "data", "double", "nodes_left")

    def __init__(self, data: bytes, tokens: Tokens) -> None:
        self.data = data
        self.at = 0
        self.by_tag = tokens.by_tag
        self.double = tokens.double
        self.nodes_left = MAX_NODES

    def node(self, depth: int) -> Node:
        size = self.list_size()
        if size == 0:
            raise NodeError("a node cannot be empty")
        tag = self.string()
        attrs: dict[str, Attribute] = {}
        for _ in range((size - 1) >> 1):
            key = self.string()
            attrs[key] = self.attribute()
        return Node(tag, attrs, None if size & 1 else self.content(depth))

    def string(self) -> str:
        tag = self.byte()
        token = self.by_tag[tag]
        return token if token is not None else _STRINGS[tag](self, tag)

    def attribute(self) -> Attribute:
        tag = self.byte()
        token = self.by_tag[tag]
        return token if token is not None else _ATTRIBUTES[tag](self, tag)

    def content(self, depth: int) -> bytes | list[Node]:
        tag = self.data[self.at]
        if tag in (_EMPTY, _LIST8, _LIST16):
            return self.nodes(depth - 1)
        if tag in _SIZE_OF_LENGTH:
            self.at += 1
            return self.sized(tag)
        return str(self.attribute()).encode()  # a client may write short contents as a token, packed, or as a JID

    def nodes(self, depth: int) -> list[Node]:
        size = self.list_size()
        self.nodes_left -= size
        if depth == 0 or self.nodes_left < 0:
            raise NodeError(f"the frame holds more than {MAX_NODES} nodes or nests deeper than {MAX_DEPTH}")
        return [self.node(depth) for _ in range(size)]

    def list_size(self) -> int:
        tag = self.byte()
        if tag == _LIST8:
            return self.byte()
        if tag == _LIST16:
            return self.number(2)
        if tag == _EMPTY:
            return 0
        raise NodeError(f"byte {tag} does not start a list")

    def sized(self, tag: int) -> bytes:
        size = self.number(_SIZE_OF_LENGTH[tag])
        return self.take(size & 0xFFFFF if tag == _BYTES20 else size)

    def byte(self) -> int:
        at = self.at
        self.at = at + 1
        return self.data[at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        start = self.at
        self.at = end = start + size
        if end > len(self.data):
            raise NodeError("a value is longer than its frame")
        return self.data[start:end]


def _read_text(reader: _Reader, tag: int) -> str:
    return str(reader.sized(tag), "utf-8")


def _read_double_token(reader: _Reader, tag: int) -> str:
    return reader.double[tag - _DICTIONARIES.start][reader.byte()]


def _read_packed(reader: _Reader, tag: int) -> str:
    head = reader.byte()
    pairs = _PAIR_OF_DIGITS[tag]
    text = "".join([pairs[byte] for byte in reader.take(head & 127)])
    return text[:-1] if head & 128 else text


def _read_nothing(_reader: _Reader, _tag: int) -> str:
    return ""


def _read_jid_pair(reader: _Reader, _tag: int) -> Jid:
    user = _user(reader)
    return Jid(user, reader.string())


def _read_jid_device(reader: _Reader, _tag: int) -> Jid:
    domain, device = reader.byte(), reader.byte()
    if domain not in _DOMAINS:
        raise NodeError(f"domain {domain} of an address is not known")
    return Jid(_user(reader), _DOMAINS[domain], device)


def _read_jid_messenger(reader: _Reader, _tag: int) -> Jid:
    user, device = _user(reader), reader.number(2)
    return Jid(user, reader.string(), device)


def _read_jid_interop(reader: _Reader, _tag: int) -> Jid:
    user, device, _integrator = _user(reader), reader.number(2), reader.number(2)
    return Jid(user, reader.string(), device)


def _user(reader: _Reader) -> str:
    if reader.data[reader.at] == _EMPTY:
        reader.at += 1
        return ""
    return reader.string()


def _refuse(_reader: _Reader, tag: int) -> str:
    raise NodeError(f"byte {tag} does not start a string")


_Read: TypeAlias = "Callable[[_Reader, int], str]"
_ReadAttribute: TypeAlias = "Callable[[_Reader, int], str] | Callable[[_Reader, int], Jid]"
_SIZE_OF_LENGTH = {_BYTES8: 1, _BYTES20: 3, _BYTES32: 4}
_STRING_READERS: dict[int, _Read] = {
    **dict.fromkeys(_DICTIONARIES, _read_double_token),
    **dict.fromkeys(_SIZE_OF_LENGTH, _read_text),
    **dict.fromkeys(_PAIR_OF_DIGITS, _read_packed),
}
_ATTRIBUTE_READERS: dict[int, _ReadAttribute] = {
    **_STRING_READERS,
    _EMPTY: _read_nothing,
    _JID_PAIR: _read_jid_pair,
    _JID_DEVICE: _read_jid_device,
    _JID_MESSENGER: _read_jid_messenger,
    _JID_INTEROP: _read_jid_interop,
}
_STRINGS: tuple[_Read, ...] = tuple(_STRING_READERS.get(tag, _refuse) for tag in range(256))
_ATTRIBUTES: tuple[_ReadAttribute, ...] = tuple(_ATTRIBUTE_READERS.get(tag, _refuse) for tag in range(256))
