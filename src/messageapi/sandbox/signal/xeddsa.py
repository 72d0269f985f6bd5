"""XEdDSA: signatures with Curve25519 keys, which are otherwise for key agreement only.

A Curve25519 key has no sign, an Ed25519 key has one. As libsignal does, the sign of the signer's Ed25519 key travels in
the highest bit of the signature, which a plain Ed25519 signature leaves 0.
"""

import hashlib
import secrets
from functools import lru_cache

from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

_ORDER = 2**252 + 27742317777372353535851937790883648493
_PRIME = 2**255 - 19
_HASH_PREFIX = b"\xfe" + b"\xff" * 31  # no valid scalar or point starts so: keeps this hash apart from Ed25519's own
_SIGN_BIT = 0x80
SIGNATURE_SIZE = 64


def sign(private: bytes, message: bytes) -> bytes:
    scalar = _clamp(private) % _ORDER
    public = _times_base(scalar)
    if public[31] & _SIGN_BIT:
        scalar = _ORDER - scalar
        public = public[:31] + bytes((public[31] & ~_SIGN_BIT,))
    nonce = _hash(_HASH_PREFIX, _bytes(scalar), message, secrets.token_bytes(64))
    commitment = _times_base(nonce)
    challenge = _hash(commitment, public, message)
    return commitment + _bytes((nonce + challenge * scalar) % _ORDER)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != SIGNATURE_SIZE:
        return False
    edwards = _edwards_y(public)
    if edwards is None:
        return False
    sign_bit = signature[63] & _SIGN_BIT
    key = VerifyKey(edwards[:31] + bytes((edwards[31] | sign_bit,)))
    try:
        key.verify(message, signature[:63] + bytes((signature[63] & ~_SIGN_BIT,)))
    except BadSignatureError:
        return False
    return True


@lru_cache(maxsize=4096)
def _edwards_y(public: bytes) -> bytes | None:
    """The Ed25519 y coordinate of a Curve25519 key: (u - 1) / (u + 1)."""
    u = int.from_bytes(public, "little")
    if u >= _PRIME - 1:  # not a reduced number, or the one u for which u + 1 has no inverse
        return None
    return _bytes((u - 1) * pow(u + 1, -1, _PRIME) % _PRIME)


def _clamp(private: bytes) -> int:
    scalar = int.from_bytes(private, "little")
    return scalar & ~7 & ~(1 << 255) | 1 << 254


def _times_base(scalar: int) -> bytes:
    return crypto_scalarmult_ed25519_base_noclamp(_bytes(scalar))


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _ORDER


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "little")
