"""Padding comes off as it went on, and anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.padding import pad, unpad


@given(st.binary())
def test_a_padded_message_comes_back(plain: bytes) -> None:
    padded = pad(plain)
    assert 1 <= len(padded) - len(plain) <= 15
    assert unpad(padded) == plain


def test_every_length_of_padding_occurs() -> None:
    assert {len(pad(b"")) for _ in range(1000)} == set(range(1, 16))


def test_sixteen_bytes_of_padding_are_read_too() -> None:
    assert unpad(b"text" + b"\x10" * 16) == b"text"


@pytest.mark.parametrize("padded", [b"", b"\0", b"abc\x10", b"a\x02", b"a\x03\x02\x03", b"\x11" * 17, b"\x0f" * 14])
def test_a_wrong_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(SignalError):
        unpad(padded)
