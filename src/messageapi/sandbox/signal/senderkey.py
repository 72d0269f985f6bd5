"""Sender keys: one ciphertext for a whole group. Each sender has a chain of its own and hands its start to the members.

As in a session, the state is replaced only after a message has proved authentic.
"""

import secrets

import msgspec

from messageapi.sandbox.signal import cbc, xeddsa
from messageapi.sandbox.signal.errors import DuplicateMessage, SignalError, UndecryptableMessage
from messageapi.sandbox.signal.keys import KeyPair, hkdf, hmac_sha256
from messageapi.sandbox.signal.messages import (
    SenderKeyDistribution,
    parse_distribution,
    parse_sender_key_message,
    write_distribution,
    write_sender_key_body,
)

__all__ = ["DuplicateMessage", "SenderKey", "SenderKeyState", "UndecryptableMessage"]

MAX_SKIPPED = 2000
MAX_JUMP = 2000


class SenderKeyState(msgspec.Struct, frozen=True):
    """All of a sender key, ready for msgpack. `skipped` maps an iteration to the seed of its message key."""

    key_id: int
    iteration: int
    chain_key: bytes
    signing_public: bytes
    signing_private: bytes | None = None  # only its owner has it
    skipped: dict[int, bytes] = {}

    def __repr__(self) -> str:
        return f"SenderKeyState(iteration={self.iteration}, skipped={len(self.skipped)})"


class SenderKey:
    """One sender's key in one group: its own at the sender, a copy at each member."""

    def __init__(self, state: SenderKeyState) -> None:
        self._state = state

    @classmethod
    def create(cls) -> "SenderKey":
        signing = KeyPair.generate()
        return cls(SenderKeyState(secrets.randbits(31), 0, secrets.token_bytes(32), signing.public, signing.private))

    @classmethod
    def from_distribution(cls, data: bytes) -> "SenderKey":
        given = parse_distribution(data)
        return cls(SenderKeyState(given.key_id, given.iteration, given.chain_key, given.signing_key))

    @classmethod
    def from_state(cls, state: SenderKeyState) -> "SenderKey":
        return cls(state)

    def to_state(self) -> SenderKeyState:
        return self._state

    @property
    def key_id(self) -> int:
        return self._state.key_id

    def distribution(self) -> bytes:
        """What a member needs to read the messages from here on."""
        state = self._state
        return write_distribution(
            SenderKeyDistribution(state.key_id, state.iteration, state.chain_key, state.signing_public)
        )

    def encrypt(self, plain: bytes) -> bytes:
        state = self._state
        if state.signing_private is None:
            raise SignalError("only the owner of a sender key can write with it")
        key, iv = _message_keys(_seed(state.chain_key))
        body = write_sender_key_body(state.key_id, state.iteration, cbc.encrypt(key, iv, plain))
        self._state = _forward(state)
        return body + xeddsa.sign(state.signing_private, body)

    def decrypt(self, ciphertext: bytes) -> bytes:
        message = parse_sender_key_message(ciphertext)
        if message.key_id != self._state.key_id:
            raise UndecryptableMessage("the message was written with another sender key")
        if not xeddsa.verify(self._state.signing_public, message.signed, message.signature):
            raise UndecryptableMessage("the signature of the message is wrong")
        state, seed = _advance(self._state, message.iteration)
        key, iv = _message_keys(seed)
        plain = cbc.decrypt(key, iv, message.ciphertext)
        self._state = state
        return plain


def _advance(state: SenderKeyState, iteration: int) -> tuple[SenderKeyState, bytes]:
    """The state after this message, and the seed of its keys."""
    skipped = dict(state.skipped)
    if iteration < state.iteration:
        if iteration not in skipped:
            raise DuplicateMessage(f"message {iteration} of this sender key was already decrypted")
        seed = skipped.pop(iteration)
        return msgspec.structs.replace(state, skipped=skipped), seed
    if iteration - state.iteration > MAX_JUMP:
        raise UndecryptableMessage(f"the message lies more than {MAX_JUMP} ahead")
    while state.iteration < iteration:
        skipped[state.iteration] = _seed(state.chain_key)
        state = _forward(state)
    bounded = dict(list(skipped.items())[-MAX_SKIPPED:])
    return msgspec.structs.replace(_forward(state), skipped=bounded), _seed(state.chain_key)


def _forward(state: SenderKeyState) -> SenderKeyState:
    return msgspec.structs.replace(
        state, iteration=state.iteration + 1, chain_key=hmac_sha256(state.chain_key, b"\x02")
    )


def _seed(chain_key: bytes) -> bytes:
    return hmac_sha256(chain_key, b"\x01")


def _message_keys(seed: bytes) -> tuple[bytes, bytes]:
    """Cipher key and IV."""
    keys = hkdf(seed, b"", b"WhisperGroup", 48)
    return keys[16:], keys[:16]
