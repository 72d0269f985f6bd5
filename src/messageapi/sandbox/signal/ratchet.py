"""The double ratchet: a session between two devices in which every message has a key of its own.

A state is never changed, only replaced, and only after the message that moves it has proved authentic. So a damaged or
forged message leaves no trace, and the next good one still decrypts.
"""

import hmac

import msgspec

from messageapi.sandbox.signal import cbc
from messageapi.sandbox.signal.errors import DuplicateMessage, SignalError, UndecryptableMessage
from messageapi.sandbox.signal.keys import KeyPair, hkdf, hmac_sha256, typed
from messageapi.sandbox.signal.messages import (
    MAC_SIZE,
    PreKeyMessage,
    RatchetMessage,
    parse_prekey_message,
    parse_ratchet_message,
    write_prekey_message,
    write_ratchet_body,
)
from messageapi.sandbox.signal.x3dh import PreKeyBundle, initiator_keys, responder_keys

__all__ = [
    "DuplicateMessage",
    "PreKeyBundle",
    "PreKeyMessage",
    "Session",
    "SessionState",
    "UndecryptableMessage",
    "parse_prekey_message",
]

MAX_SKIPPED = 2000
MAX_JUMP = 2000
_MAX_RECEIVING_CHAINS = 5  # late messages of the last few ratchet steps can still be read


class Chain(msgspec.Struct, frozen=True):
    """A row of message keys: the next key and its number."""

    key: bytes
    index: int = 0

    def __repr__(self) -> str:
        return f"Chain(index={self.index})"

    @property
    def seed(self) -> bytes:
        return hmac_sha256(self.key, b"\x01")

    def next(self) -> "Chain":
        return Chain(hmac_sha256(self.key, b"\x02"), self.index + 1)


class ReceivingChain(msgspec.Struct, frozen=True):
    ratchet_key: bytes
    chain: Chain


class Pending(msgspec.Struct, frozen=True):
    """What the initiator repeats in front of every message until the first answer."""

    registration_id: int
    prekey_id: int | None
    signed_prekey_id: int


class SessionState(msgspec.Struct, frozen=True):
    """All of a session, ready for msgpack. `skipped` maps ratchet key + counter to the seed of a message key."""

    our_identity: bytes
    their_identity: bytes
    base_key: bytes
    root: bytes
    ratchet: KeyPair
    sending: Chain
    previous_counter: int = 0
    receiving: tuple[ReceivingChain, ...] = ()
    skipped: dict[bytes, bytes] = {}
    pending: Pending | None = None

    def __repr__(self) -> str:
        return f"SessionState(sent={self.sending.index}, skipped={len(self.skipped)})"


class Session:
    """One side of a session."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    @classmethod
    def initiate(cls, identity: KeyPair, registration_id: int, bundle: PreKeyBundle) -> "Session":
        """Open a session to a device of which only the bundle is known; raises SignalError for a forged bundle."""
        base = KeyPair.generate()
        first = initiator_keys(identity, base, bundle)
        ratchet = KeyPair.generate()
        root, sending = _root_step(first.root, ratchet, bundle.signed_prekey)
        return cls(
            SessionState(
                our_identity=identity.public,
                their_identity=bundle.identity,
                base_key=base.public,
                root=root,
                ratchet=ratchet,
                sending=sending,
                receiving=(ReceivingChain(bundle.signed_prekey, Chain(first.chain)),),
                pending=Pending(registration_id, bundle.prekey_id, bundle.signed_prekey_id),
            )
        )

    @classmethod
    def respond(
        cls,
        identity: KeyPair,
        signed_prekey: KeyPair,
        one_time_prekey: KeyPair | None,
        their_identity: bytes,
        base_key: bytes,
    ) -> "Session":
        """The other side, from the keys that a PreKeyMessage names; its inner message is the first to decrypt."""
        try:
            first = responder_keys(identity, signed_prekey, one_time_prekey, their_identity, base_key)
        except SignalError as error:
            raise UndecryptableMessage(str(error)) from error
        return cls(
            SessionState(
                our_identity=identity.public,
                their_identity=their_identity,
                base_key=base_key,
                root=first.root,
                ratchet=signed_prekey,
                sending=Chain(first.chain),
            )
        )

    @classmethod
    def from_state(cls, state: SessionState) -> "Session":
        return cls(state)

    def to_state(self) -> SessionState:
        return self._state

    @property
    def base_key(self) -> bytes:
        """Tells sessions apart: a PreKeyMessage with the base key of a known session belongs to that session."""
        return self._state.base_key

    @property
    def their_identity(self) -> bytes:
        return self._state.their_identity

    def encrypt(self, plain: bytes) -> tuple[str, bytes]:
        """The kind ("msg" or "pkmsg") and the bytes for the other side."""
        state = self._state
        cipher_key, mac_key, iv = _message_keys(state.sending.seed)
        body = write_ratchet_body(
            state.ratchet.public, state.sending.index, state.previous_counter, cbc.encrypt(cipher_key, iv, plain)
        )
        message = body + _mac(mac_key, state.our_identity, state.their_identity, body)
        self._state = msgspec.structs.replace(state, sending=state.sending.next())
        if state.pending is None:
            return "msg", message
        return "pkmsg", write_prekey_message(
            PreKeyMessage(
                state.pending.registration_id,
                state.pending.prekey_id,
                state.pending.signed_prekey_id,
                state.base_key,
                state.our_identity,
                message,
            )
        )

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Open a "msg", or the `message` inside a parsed "pkmsg"."""
        message = parse_ratchet_message(ciphertext)
        state, seed = _advance(self._state, message)
        cipher_key, mac_key, iv = _message_keys(seed)
        expected = _mac(mac_key, state.their_identity, state.our_identity, message.signed)
        if not hmac.compare_digest(expected, message.mac):
            raise UndecryptableMessage("the MAC of the message does not fit this session")
        plain = cbc.decrypt(cipher_key, iv, message.ciphertext)
        self._state = state
        return plain


def _advance(state: SessionState, message: RatchetMessage) -> tuple[SessionState, bytes]:
    """The state after this message, and the seed of its keys; nothing is believed yet."""
    message_id = _skipped_id(message.ratchet_key, message.counter)
    if message_id in state.skipped:
        return _take_skipped(state, message_id)
    receiving = next((chain for chain in state.receiving if chain.ratchet_key == message.ratchet_key), None)
    if receiving is None:
        state, receiving = _turn_ratchet(state, message.ratchet_key)
    if message.counter < receiving.chain.index:
        raise DuplicateMessage(f"message {message.counter} of this chain was already decrypted")
    if message.counter - receiving.chain.index > MAX_JUMP:
        raise UndecryptableMessage(f"the message lies more than {MAX_JUMP} ahead")
    chain, skipped = receiving.chain, {}
    while chain.index < message.counter:
        skipped[_skipped_id(message.ratchet_key, chain.index)] = chain.seed
        chain = chain.next()
    moved = ReceivingChain(message.ratchet_key, chain.next())
    after = msgspec.structs.replace(
        state,
        receiving=tuple(moved if known is receiving else known for known in state.receiving),
        skipped=_bounded({**state.skipped, **skipped}) if skipped else state.skipped,
        pending=None,
    )
    return after, chain.seed


def _turn_ratchet(state: SessionState, their_ratchet_key: bytes) -> tuple[SessionState, ReceivingChain]:
    """The other side has a new ratchet key: a new receiving chain, and a new key and sending chain of our own."""
    try:
        root, chain = _root_step(state.root, state.ratchet, their_ratchet_key)
        ours = KeyPair.generate()
        root, sending = _root_step(root, ours, their_ratchet_key)
    except SignalError as error:
        raise UndecryptableMessage(str(error)) from error
    receiving = ReceivingChain(their_ratchet_key, chain)
    turned = msgspec.structs.replace(
        state,
        root=root,
        ratchet=ours,
        sending=sending,
        previous_counter=max(state.sending.index - 1, 0),
        receiving=(*state.receiving, receiving)[-_MAX_RECEIVING_CHAINS:],
    )
    return turned, receiving


def _take_skipped(state: SessionState, message_id: bytes) -> tuple[SessionState, bytes]:
    skipped = dict(state.skipped)
    seed = skipped.pop(message_id)
    return msgspec.structs.replace(state, skipped=skipped, pending=None), seed


def _bounded(skipped: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """The newest keys only: a sender that skips for ever cannot make us keep for ever."""
    return dict(list(skipped.items())[-MAX_SKIPPED:])


def _skipped_id(ratchet_key: bytes, counter: int) -> bytes:
    return ratchet_key + counter.to_bytes(4, "big")


def _root_step(root: bytes, ours: KeyPair, theirs: bytes) -> tuple[bytes, Chain]:
    keys = hkdf(ours.agree(theirs), root, b"WhisperRatchet", 64)
    return keys[:32], Chain(keys[32:])


def _message_keys(seed: bytes) -> tuple[bytes, bytes, bytes]:
    """Cipher key, MAC key, IV."""
    keys = hkdf(seed, b"", b"WhisperMessageKeys", 80)
    return keys[:32], keys[32:64], keys[64:]


def _mac(key: bytes, sender: bytes, receiver: bytes, body: bytes) -> bytes:
    return hmac_sha256(key, typed(sender) + typed(receiver) + body)[:MAC_SIZE]
