"""A session delivers every message once, in any order, with losses, repetitions and forgeries between them."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.keys import KeyPair, typed
from messageapi.sandbox.signal.messages import parse_ratchet_message
from messageapi.sandbox.signal.ratchet import (
    MAX_JUMP,
    MAX_SKIPPED,
    DuplicateMessage,
    PreKeyBundle,
    Session,
    SessionState,
    UndecryptableMessage,
    parse_prekey_message,
)
from messageapi.sandbox.signal.xeddsa import sign


class Device:
    """The long-lived keys of one side."""

    def __init__(self) -> None:
        self.identity, self.signed_prekey, self.prekey = (KeyPair.generate() for _ in range(3))

    def bundle(self, *, one_time: bool = True) -> PreKeyBundle:
        signature = sign(self.identity.private, typed(self.signed_prekey.public))
        bundle = PreKeyBundle(99, self.identity.public, 7, self.signed_prekey.public, signature)
        return msgspec.structs.replace(bundle, prekey_id=0, prekey=self.prekey.public) if one_time else bundle

    def respond(self, pkmsg: bytes) -> Session:
        first = parse_prekey_message(pkmsg)
        prekey = self.prekey if first.prekey_id is not None else None
        return Session.respond(self.identity, self.signed_prekey, prekey, first.identity, first.base_key)


ALICE, BOB = Device(), Device()


def inner(sealed: tuple[str, bytes]) -> bytes:
    kind, data = sealed
    return parse_prekey_message(data).message if kind == "pkmsg" else data


def pair(*, one_time: bool = True) -> tuple[Session, Session]:
    """Two sides that have each read one message of the other."""
    alice = Session.initiate(ALICE.identity, 4711, BOB.bundle(one_time=one_time))
    first = alice.encrypt(b"hello")
    bob = BOB.respond(first[1])
    assert bob.decrypt(inner(first)) == b"hello"
    assert alice.decrypt(inner(bob.encrypt(b"hi"))) == b"hi"
    return alice, bob


@pytest.mark.parametrize("one_time", [True, False])
def test_two_strangers_understand_each_other(one_time: bool) -> None:
    alice, bob = pair(one_time=one_time)
    assert bob.base_key == alice.base_key
    assert (alice.their_identity, bob.their_identity) == (BOB.identity.public, ALICE.identity.public)


def test_the_initiator_repeats_its_introduction_until_the_first_answer() -> None:
    alice = Session.initiate(ALICE.identity, 4711, BOB.bundle())
    first, second = alice.encrypt(b"1"), alice.encrypt(b"2")
    assert (first[0], second[0]) == ("pkmsg", "pkmsg")
    introduction = parse_prekey_message(second[1])
    assert introduction.base_key == parse_prekey_message(first[1]).base_key == alice.base_key
    assert (introduction.registration_id, introduction.prekey_id, introduction.signed_prekey_id) == (4711, 0, 7)
    bob = BOB.respond(second[1])
    assert [bob.decrypt(inner(second)), bob.decrypt(inner(first))] == [b"2", b"1"]
    alice.decrypt(inner(bob.encrypt(b"3")))
    assert alice.encrypt(b"4")[0] == "msg"


def test_messages_recorded_from_another_implementation_decrypt(recorded: dict[str, Any]) -> None:
    session = recorded["session"]
    identity, signed_prekey, prekey = (
        KeyPair.from_private(bytes.fromhex(session[name]))
        for name in ("bob_identity", "bob_signed_prekey", "bob_prekey")
    )
    messages = [parse_prekey_message(bytes.fromhex(message)) for message in session["messages"]]
    assert messages[0].identity.hex() == session["alice_identity_public"]
    bob = Session.respond(identity, signed_prekey, prekey, messages[0].identity, messages[0].base_key)
    assert [bob.decrypt(message.message) for message in messages] == [b"first", b"second"]


def test_a_bundle_with_a_forged_signature_is_refused() -> None:
    forged = msgspec.structs.replace(BOB.bundle(), signed_prekey=KeyPair.generate().public)
    with pytest.raises(SignalError, match="not signed"):
        Session.initiate(ALICE.identity, 1, forged)


steps = st.lists(
    st.tuples(
        st.sampled_from(("send", "send", "deliver", "deliver", "deliver", "repeat", "lose", "forge", "restart")),
        st.booleans(),
        st.integers(0, 5),
    ),
    min_size=10,
    max_size=100,
)


@pytest.mark.slow
@settings(max_examples=200)
@given(steps)
def test_any_order_loss_repetition_and_forgery(steps: list[tuple[str, bool, int]]) -> None:
    sides = list(pair())
    wire: list[list[tuple[bytes, bytes]]] = [[], []]  # what is under way to each side, with what it says
    read: list[list[bytes]] = [[], []]
    for number, (action, to_bob, pick) in enumerate(steps):
        to, under_way = int(to_bob), wire[to_bob]
        if action == "send":
            plain = b"message %d" % number
            under_way.append((inner(sides[1 - to].encrypt(plain)), plain))
        elif action == "restart":
            sides[to] = restarted(sides[to])
        elif action == "repeat" and read[to]:
            refused(sides[to], read[to][pick % len(read[to])], DuplicateMessage, UndecryptableMessage)
        elif under_way and action in ("deliver", "lose", "forge"):
            message, plain = under_way.pop(pick % min(len(under_way), 6))
            if action == "forge":
                forged = bytearray(message)
                forged[(pick * 7 + number) % len(forged)] ^= 1 + number
                refused(sides[to], bytes(forged), DuplicateMessage, UndecryptableMessage)
            if action != "lose":
                deliver(sides[to], message, plain)
                read[to].append(message)


def deliver(session: Session, message: bytes, plain: bytes) -> None:
    """The message decrypts, unless its chain is more than five turns of the ratchet old."""
    try:
        assert session.decrypt(message) == plain
    except UndecryptableMessage:
        known = [chain.ratchet_key for chain in session.to_state().receiving]
        assert len(known) == 5
        assert parse_ratchet_message(message).ratchet_key not in known


def refused(session: Session, message: bytes, *errors: type[Exception]) -> None:
    before = msgspec.msgpack.encode(session.to_state())
    with pytest.raises(errors):
        session.decrypt(message)
    assert msgspec.msgpack.encode(session.to_state()) == before


def restarted(session: Session) -> Session:
    stored = msgspec.msgpack.encode(session.to_state())
    return Session.from_state(msgspec.msgpack.decode(stored, type=SessionState))


def test_a_repeated_message_is_called_so() -> None:
    alice, bob = pair()
    messages = [inner(alice.encrypt(bytes((number,)))) for number in range(3)]
    for message in (messages[2], messages[0]):
        bob.decrypt(message)
        refused(bob, message, DuplicateMessage)
    assert bob.decrypt(messages[1]) == b"\1"


def test_every_turned_bit_is_noticed_and_leaves_no_trace() -> None:
    alice, bob = pair()
    alice.decrypt(inner(bob.encrypt(b"turn")))  # so the next message turns bob's ratchet
    message = inner(alice.encrypt(b"precious"))
    for bit in range(len(message) * 8):
        forged = bytearray(message)
        forged[bit // 8] ^= 1 << bit % 8
        refused(bob, bytes(forged), UndecryptableMessage, DuplicateMessage)
    assert bob.decrypt(message) == b"precious"


def test_a_message_of_another_session_is_undecryptable() -> None:
    alice, bob = pair()
    stranger, _ = pair()
    refused(bob, inner(stranger.encrypt(b"?")), UndecryptableMessage)
    assert bob.decrypt(inner(alice.encrypt(b"!"))) == b"!"


def test_the_jump_ahead_is_bounded() -> None:
    alice, bob = pair()
    for _ in range(MAX_JUMP):
        alice.encrypt(b"lost")
    last = inner(alice.encrypt(b"within"))
    too_far = inner(alice.encrypt(b"beyond"))
    refused(bob, too_far, UndecryptableMessage)
    assert bob.decrypt(last) == b"within"
    assert bob.decrypt(too_far) == b"beyond"


def test_kept_keys_are_bounded_and_the_newest_stay() -> None:
    alice, bob = pair()
    sent = [inner(alice.encrypt(b"%d" % number)) for number in range(MAX_SKIPPED + 500)]
    bob.decrypt(sent[1000])
    bob.decrypt(sent[-1])
    assert len(bob.to_state().skipped) == MAX_SKIPPED
    refused(bob, sent[0], DuplicateMessage)
    assert bob.decrypt(sent[-2]) == b"%d" % (len(sent) - 2)


@pytest.mark.parametrize("read", [parse_prekey_message, parse_ratchet_message])
@given(data=st.binary(max_size=150))
def test_no_bytes_raise_anything_else(read: Callable[[bytes], object], data: bytes) -> None:
    for candidate in (data, b"\x33" + data):
        with pytest.raises(UndecryptableMessage):
            read(candidate)


@given(st.binary(max_size=150))
def test_no_bytes_disturb_a_session(data: bytes) -> None:
    refused(SESSION, data, UndecryptableMessage)
    refused(SESSION, b"\x33\x0a\x21\x05" + data, UndecryptableMessage)


SESSION = pair()[0]


def test_a_base_key_that_gives_no_secret_is_undecryptable() -> None:
    with pytest.raises(UndecryptableMessage):
        Session.respond(BOB.identity, BOB.signed_prekey, None, ALICE.identity.public, bytes(32))


def test_no_secret_shows_in_a_printed_state() -> None:
    alice, _ = pair()
    state = alice.to_state()
    for secret in (state.root, state.sending.key, state.ratchet.private):
        assert str(secret) not in f"{state!r} {state.sending!r} {state.receiving!r} {state.ratchet!r}"
