"""A sender key lets every member read, in any order, and nobody but its owner write."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.senderkey import (
    MAX_JUMP,
    MAX_SKIPPED,
    DuplicateMessage,
    SenderKey,
    SenderKeyState,
    UndecryptableMessage,
)


def restarted(key: SenderKey) -> SenderKey:
    stored = msgspec.msgpack.encode(key.to_state())
    return SenderKey.from_state(msgspec.msgpack.decode(stored, type=SenderKeyState))


def refused(key: SenderKey, message: bytes, *errors: type[Exception]) -> None:
    before = msgspec.msgpack.encode(key.to_state())
    with pytest.raises(errors):
        key.decrypt(message)
    assert msgspec.msgpack.encode(key.to_state()) == before


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=12), st.data())
def test_a_member_reads_in_any_order_and_across_restarts(plains: list[bytes], data: st.DataObject) -> None:
    owner = SenderKey.create()
    member = SenderKey.from_distribution(owner.distribution())
    messages = [(owner.encrypt(plain), plain) for plain in plains]
    for message, plain in data.draw(st.permutations(messages)):
        assert member.decrypt(message) == plain
        refused(member, message, DuplicateMessage)
        member = restarted(member)


def test_a_new_member_reads_from_its_joining_on() -> None:
    owner = restarted(SenderKey.create())
    before = owner.encrypt(b"before")
    member = SenderKey.from_distribution(owner.distribution())
    assert member.decrypt(owner.encrypt(b"after")) == b"after"
    refused(member, before, DuplicateMessage)


def test_messages_recorded_from_another_implementation_decrypt(recorded: dict[str, Any]) -> None:
    known = recorded["sender_key"]
    member = SenderKey.from_distribution(bytes.fromhex(known["distribution"]))
    assert member.key_id == 77
    assert [member.decrypt(bytes.fromhex(m)) for m in known["messages"]] == [b"to all", b"to all again"]


def test_a_member_cannot_write() -> None:
    member = SenderKey.from_distribution(SenderKey.create().distribution())
    with pytest.raises(SignalError, match="owner"):
        member.encrypt(b"as if")


def test_every_turned_bit_is_noticed_and_leaves_no_trace() -> None:
    owner = SenderKey.create()
    member = SenderKey.from_distribution(owner.distribution())
    message = owner.encrypt(b"precious")
    for bit in range(len(message) * 8):
        forged = bytearray(message)
        forged[bit // 8] ^= 1 << bit % 8
        refused(member, bytes(forged), UndecryptableMessage)
    assert member.decrypt(message) == b"precious"


def test_a_message_of_another_key_is_undecryptable() -> None:
    member = SenderKey.from_distribution(SenderKey.create().distribution())
    refused(member, SenderKey.create().encrypt(b"?"), UndecryptableMessage)


def test_the_jump_ahead_and_the_kept_keys_are_bounded() -> None:
    owner = SenderKey.create()
    start = owner.distribution()
    messages = [owner.encrypt(b"%d" % number) for number in range(MAX_JUMP + 200)]
    member = SenderKey.from_distribution(start)
    refused(member, messages[MAX_JUMP + 1], UndecryptableMessage)
    member.decrypt(messages[200])
    member.decrypt(messages[-1])
    assert len(member.to_state().skipped) == MAX_SKIPPED
    refused(member, messages[0], DuplicateMessage)
    assert member.decrypt(messages[-2]) == b"%d" % (len(messages) - 2)


@given(st.binary(max_size=120))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    member = SenderKey.create()
    for candidate in (data, b"\x33" + data, b"\x33" + data + bytes(64)):
        refused(member, candidate, UndecryptableMessage)
        with pytest.raises(UndecryptableMessage):
            SenderKey.from_distribution(candidate)


def test_no_secret_shows_in_a_printed_state() -> None:
    state = SenderKey.create().to_state()
    assert str(state.chain_key) not in repr(state)
    assert str(state.signing_private) not in repr(state)
