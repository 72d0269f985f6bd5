"""Whatever bytes a stranger puts into a message, a host reports it or leaves it out, and goes on."""

from typing import Any

import msgspec
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.convert.letters import read
from messageapi.engines.linked.convert.writer import UnreadableError, Writer
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.library.protos import content, wire
from messageapi.vocab.content import Letter, Text

WRITER = Writer("7@lid", "7@lid", from_me=False, me=Me("9@s.whatsapp.net", "9@lid"))
IN_GROUP = WRITER._replace(chat="1203@g.us")
FLAGS = dict.fromkeys(
    ("IsEphemeral", "IsViewOnce", "IsViewOnceV2", "IsViewOnceV2Extension", "IsDocumentWithCaption"), False
)
MOST = 512 * 1024
_PARTS = [field for field in content.Message.DESCRIPTOR.fields if field.message_type is not None]

_number = st.integers(0, 2**64 - 1)
_blob = st.one_of(st.binary(max_size=64), st.text(max_size=40).map(str.encode), st.just(b"x" * 3_000))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _message(parts: list[tuple[int, Any]]) -> bytes:
    return b"".join(_field(number, value) for number, value in parts)


def heard(message: Any) -> Any:
    """As the library hands it over."""
    info = wire.MessageInfo.FromString(b"")
    return events.parsed(events.MESSAGE, wire.Message(Info=info, Message=message, **FLAGS).SerializePartialToString())


_inside = st.recursive(
    st.lists(st.tuples(st.integers(1, 35), st.one_of(_number, _blob)), max_size=6),
    lambda inner: st.lists(st.tuples(st.integers(1, 35), inner.map(_message)), max_size=4),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(part=st.sampled_from(_PARTS), inside=_inside, writer=st.sampled_from([WRITER, IN_GROUP]))
def test_any_part_is_read_left_out_or_refused(part: Any, inside: Any, writer: Writer) -> None:
    try:
        message = content.Message.FromString(_field(part.number, _message(inside)))
    except DecodeError:
        return
    try:
        got = read(heard(message), writer)
    except UnreadableError:
        return
    if got is None or got.letter is None:
        return
    packed = msgspec.msgpack.encode(got.letter)
    assert msgspec.msgpack.decode(packed, type=Letter) == got.letter
    assert len(packed) < MOST


def test_a_text_that_is_no_utf_8_arrives_all_the_same() -> None:
    message = content.Message.FromString(b"\x0a\x04a\xff\xfeb")
    got = read(heard(message), WRITER)
    assert got
    assert got.letter
    assert got.letter.content == Text("a\ufffd\ufffdb")


def test_a_letter_can_be_seen_to_be_read() -> None:
    """Or the search above would prove nothing."""
    event = wire.Message(Message=content.Message(conversation="hi"), **FLAGS)
    got = read(event, WRITER)
    assert got
    assert got.letter
    with pytest.raises(UnreadableError):
        read(wire.Message(Message=content.Message(reactionMessage={"text": "+"}), **FLAGS), WRITER)
