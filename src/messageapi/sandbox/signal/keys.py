"""Curve25519 key pairs and key derivation."""

import hmac
from dataclasses import dataclass, field

from nacl import bindings
from nacl.exceptions import CryptoError

from messageapi.sandbox.signal.errors import SignalError

KEY_SIZE = 32
_TYPE_CURVE25519 = b"\x05"
_HASH_SIZE = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    private: bytes = field(repr=False)
    public: bytes

    @classmethod
    def generate(cls) -> "KeyPair":
        return cls.from_private(bindings.randombytes(KEY_SIZE))

    @classmethod
    def from_private(cls, private: bytes) -> "KeyPair":
        if len(private) != KEY_SIZE:
            raise SignalError("a private key has 32 bytes")
        return cls(private, bindings.crypto_scalarmult_base(private))

    def agree(self, peer_public: bytes) -> bytes:
        """The secret that both sides can compute (X25519)."""
        if len(peer_public) != KEY_SIZE:
            raise SignalError("a public key has 32 bytes")
        try:
            return bindings.crypto_scalarmult(self.private, peer_public)
        except (CryptoError, RuntimeError) as error:
            raise SignalError("the public key is one of the few that give no secret") from error


def typed(public: bytes) -> bytes:
    """A public key as Signal messages carry it: one byte for its kind in front."""
    return _TYPE_CURVE25519 + public


def untyped(data: bytes) -> bytes:
    if len(data) != 1 + KEY_SIZE or data[:1] != _TYPE_CURVE25519:
        raise SignalError("a typed public key is the byte 05 and 32 bytes")
    return data[1:]


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def hkdf(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869); an empty salt counts as 32 zero bytes."""
    key = hmac_sha256(salt or bytes(_HASH_SIZE), secret)
    out = block = b""
    for counter in range(1, -(-size // _HASH_SIZE) + 1):
        block = hmac_sha256(key, block + info + bytes((counter,)))
        out += block
    return out[:size]
