"""Protobuf fields survive the round trip, agree with Google's library, and broken input has one error."""

from contextlib import suppress

import pytest
from google.protobuf import descriptor_pb2
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.wire.protobuf import Fields, ProtobufError, decode, encode

numbers = st.integers(1, 2**29 - 1)
values = st.one_of(st.integers(0, 2**64 - 1), st.binary(max_size=300))


@given(st.lists(st.tuples(numbers, values)))
def test_fields_come_back_as_they_were_written(fields: list[tuple[int, int | bytes]]) -> None:
    read = decode(encode(*fields))
    for number in {number for number, _ in fields}:
        assert number in read
        assert read.all(number) == [value for other, value in fields if other == number]
    assert set(read.numbers) == {number for number, _ in fields}


def test_the_last_value_wins_and_missing_ones_have_defaults() -> None:
    read = decode(encode((1, 5), (1, 7), (2, "grüße"), (3, None), (4, encode((1, b"inner")))))
    assert (read.int(1), read.text(2), read.bytes(3), read.int(3), read.text(3)) == (7, "grüße", b"", 0, "")
    assert (read.bytes(3, b"x"), read.int(3, 9), read.text(3, "none")) == (b"x", 9, "none")
    assert read.message(4).bytes(1) == b"inner"
    assert 3 not in read
    assert read.message(3).numbers == []


def test_bytes_are_those_of_the_protobuf_library() -> None:
    theirs = descriptor_pb2.FieldDescriptorProto(name="name", number=2**31 - 1, type_name="t" * 200)
    ours = encode((1, "name"), (3, 2**31 - 1), (6, "t" * 200))
    assert ours == theirs.SerializeToString()
    assert decode(theirs.SerializeToString()).text(6) == "t" * 200


def test_a_negative_number_is_its_twos_complement() -> None:
    theirs = descriptor_pb2.FieldDescriptorProto(number=-5).SerializeToString()
    assert encode((3, -5)) == theirs
    assert decode(theirs).int(3) == 2**64 - 5


def test_fixed_width_fields_are_read_as_numbers() -> None:
    read = decode(bytes((1 << 3 | 1,)) + (77).to_bytes(8, "little") + bytes((2 << 3 | 5,)) + (78).to_bytes(4, "little"))
    assert (read.int(1), read.int(2)) == (77, 78)


@pytest.mark.parametrize(
    "data",
    [
        b"\x08",  # a number is missing
        b"\x0a\x05abc",  # shorter than it says
        b"\x08" + b"\x80" * 10 + b"\x01",  # a number without end
        b"\x0b",  # a group, which nobody uses
        b"\x02\x00",  # field number 0
        b"\x0a" + b"\xff" * 9 + b"\x01",  # a length of nearly 2**64
        b"\x0d\x00\x00",  # half a fixed number
    ],
)
def test_broken_input_is_a_protobuf_error(data: bytes) -> None:
    with pytest.raises(ProtobufError):
        decode(data)


def test_a_value_of_another_type_is_a_protobuf_error() -> None:
    read = decode(encode((1, 5), (2, b"\xff")))
    for ask in (
        lambda: read.bytes(1),
        lambda: read.text(1),
        lambda: read.message(1),
        lambda: read.int(2),
        lambda: read.text(2),
    ):
        with pytest.raises(ProtobufError):
            ask()


@given(st.binary(max_size=100))
def test_no_input_raises_anything_else(data: bytes) -> None:
    with suppress(ProtobufError):
        assert isinstance(decode(data), Fields)
