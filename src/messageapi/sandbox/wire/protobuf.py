"""Protobuf fields by number, without schemas.

The protobuf library would need neonize's generated classes, and importing those loads an 18 MB native library into the
sandbox process. A network that relays sealed bytes reads a dozen fields; by number is enough.
"""

import struct
from collections.abc import Iterator
from typing import TypeAlias

Number: TypeAlias = int
Raw: TypeAlias = bytes
Value: TypeAlias = int | bytes

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZE = {_FIXED64: 8, _FIXED32: 4}
_WORD = (1 << 64) - 1


class ProtobufError(ValueError):
    """The bytes are not protobuf, or a field is not of the type asked for."""


class Fields:
    """The fields of one decoded message: the last value of a number wins, and a missing one has a default."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[int, list[Value]]) -> None:
        self._values = values

    def __contains__(self, number: object) -> bool:
        return number in self._values

    @property
    def numbers(self) -> list[Number]:
        return list(self._values)

    def all(self, number: Number) -> list[Value]:
        return list(self._values.get(number, ()))

    def bytes(self, number: Number, default: Raw = b"") -> Raw:
        if number not in self._values:
            return default
        value = self._values[number][-1]
        if isinstance(value, Raw):
            return value
        raise ProtobufError(f"field {number} is a number where bytes are expected")

    def int(self, number: Number, default: Number = 0) -> Number:
        if number not in self._values:
            return default
        value = self._values[number][-1]
        if isinstance(value, Number):
            return value
        raise ProtobufError(f"field {number} is bytes where a number is expected")

    def text(self, number: Number, default: str = "") -> str:
        if number not in self._values:
            return default
        try:
            return self.bytes(number).decode()
        except UnicodeDecodeError as error:
            raise ProtobufError(f"field {number} is not UTF-8 text") from error

    def message(self, number: Number) -> "Fields":
        return decode(self.bytes(number))

    def double(self, number: Number, default: float = 0.0) -> float:
        if number not in self._values:
            return default
        (value,) = struct.unpack("<d", (self.int(number) & _WORD).to_bytes(8, "little"))
        return float(value)

    def each(self, number: Number) -> "list[Fields]":
        """A repeated field, each value as a message of its own."""
        return [Fields({number: [value]}) for value in self._values.get(number, ())]

    def messages(self, number: Number) -> "list[Fields]":
        return [field.message(number) for field in self.each(number)]

    def texts(self, number: Number) -> list[str]:
        return [field.text(number) for field in self.each(number)]

    def blobs(self, number: Number) -> list[Raw]:
        return [field.bytes(number) for field in self.each(number)]


def encode(*fields: tuple[int, int | float | bytes | str | None]) -> bytes:
    """Write (number, value) pairs in the order given; a pair whose value is None is left out. A float is a double."""
    out = bytearray()
    for number, value in fields:
        if value is None:
            continue
        if isinstance(value, int):
            _write_varint(out, number << 3 | _VARINT)
            _write_varint(out, value & _WORD)  # negative numbers travel as their 64-bit two's complement
            continue
        if isinstance(value, float):
            _write_varint(out, number << 3 | _FIXED64)
            out += struct.pack("<d", value)
            continue
        data = value.encode() if isinstance(value, str) else value
        _write_varint(out, number << 3 | _LENGTH)
        _write_varint(out, len(data))
        out += data
    return bytes(out)


def decode(data: bytes) -> Fields:
    values: dict[int, list[Value]] = {}
    try:
        for number, value in _read(data):
            values.setdefault(number, []).append(value)
    except IndexError as error:
        raise ProtobufError("the message ends in the middle of a field") from error
    return Fields(values)


def _read(data: bytes) -> Iterator[tuple[int, Value]]:
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, wire_type = key >> 3, key & 7
        if number == 0:
            raise ProtobufError("field number 0 does not exist")
        if wire_type == _VARINT:
            value, at = _read_varint(data, at)
            yield number, value
            continue
        if wire_type == _LENGTH:
            size, at = _read_varint(data, at)
        elif wire_type in _FIXED_SIZE:
            size = _FIXED_SIZE[wire_type]
        else:
            raise ProtobufError(f"wire type {wire_type} is not supported")
        end = at + size
        if end > len(data):
            raise ProtobufError(f"field {number} is longer than the message")
        chunk = data[at:end]
        at = end
        yield number, chunk if wire_type == _LENGTH else int.from_bytes(chunk, "little")


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & _WORD, at
        shift += 7
        if shift > 63:
            raise ProtobufError("a number is longer than 64 bits")


def _write_varint(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
