"""Key agreement, key derivation and XEdDSA signatures against other implementations."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.keys import KeyPair, hkdf, typed, untyped
from messageapi.sandbox.signal.xeddsa import sign, verify

PRIME = 2**255 - 19
# Made by libxeddsa with the private key 00 01 .. 1f, once for each sign of the Ed25519 key.
LIBXEDDSA_PUBLIC = bytes.fromhex("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f")
LIBXEDDSA_SIGNATURES = (
    (
        "34509c3a89e57dbe14f5d72b46e4c8c6225e7dc2be48fc45201a659a0979ef4c"
        "45f09e13b63fa2e07ab9d9d451a32c76abf10b07339f1daeeacea37b41c54e07"
    ),
    (
        "854e79e1a23a0ef7e38459c7573db033714749966252848cac907f570a7659f4"
        "bdf3b911a83ac73319d0adfd8ffb7f5a7441cc022480d1d377926b2a0e497484"
    ),
)
keys = st.binary(min_size=32, max_size=32).map(KeyPair.from_private)


@given(keys, keys)
def test_key_agreement_is_that_of_the_cryptography_library(ours: KeyPair, theirs: KeyPair) -> None:
    peer = X25519PublicKey.from_public_bytes(theirs.public)
    assert ours.agree(theirs.public) == X25519PrivateKey.from_private_bytes(ours.private).exchange(peer)
    assert ours.agree(theirs.public) == theirs.agree(ours.public)


@given(st.binary(max_size=80), st.binary(max_size=40), st.binary(max_size=20), st.integers(1, 200))
def test_key_derivation_is_that_of_the_cryptography_library(secret: bytes, salt: bytes, info: bytes, size: int) -> None:
    theirs = HKDF(hashes.SHA256(), size, salt or None, info).derive(secret)
    assert hkdf(secret, salt, info, size) == theirs


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32), b"\x01" + bytes(31), bytes(33)])
def test_a_key_that_gives_no_secret_is_refused(public: bytes) -> None:
    with pytest.raises(SignalError):
        KeyPair.generate().agree(public)


def test_a_private_key_never_shows() -> None:
    pair = KeyPair.generate()
    assert str(pair.private) not in repr(pair)
    assert "private" not in repr(pair)


def test_the_kind_of_a_key_stands_before_it() -> None:
    public = KeyPair.generate().public
    assert untyped(typed(public)) == public
    for data in (public, b"\x06" + public, b"\x05" + public[1:], b""):
        with pytest.raises(SignalError):
            untyped(data)


@given(keys, st.binary(max_size=200))
def test_a_signature_is_plain_ed25519_once_the_sign_is_in_its_place(pair: KeyPair, message: bytes) -> None:
    signature = sign(pair.private, message)
    u = int.from_bytes(pair.public, "little")
    y = (u - 1) * pow(u + 1, PRIME - 2, PRIME) % PRIME
    y |= (signature[63] >> 7) << 255
    plain = signature[:63] + bytes((signature[63] & 127,))
    Ed25519PublicKey.from_public_bytes(y.to_bytes(32, "little")).verify(plain, message)
    assert verify(pair.public, message, signature)


@pytest.mark.parametrize("signature", LIBXEDDSA_SIGNATURES)
def test_signatures_of_libxeddsa_are_accepted(signature: str) -> None:
    assert KeyPair.from_private(bytes(range(32))).public == LIBXEDDSA_PUBLIC
    assert verify(LIBXEDDSA_PUBLIC, b"a public message", bytes.fromhex(signature))
    assert not verify(LIBXEDDSA_PUBLIC, b"another message", bytes.fromhex(signature))


@given(keys, st.integers(0, 64 * 8 - 1))
def test_a_signature_with_any_bit_turned_is_refused(pair: KeyPair, bit: int) -> None:
    signature = bytearray(sign(pair.private, b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify(pair.public, b"message", bytes(signature))


@given(st.binary(max_size=70), st.binary(max_size=5), st.binary(max_size=70))
def test_no_key_or_signature_raises(public: bytes, message: bytes, signature: bytes) -> None:
    assert not verify(public, message, signature)


@pytest.mark.parametrize("u", [PRIME - 1, PRIME, 2**256 - 1])
def test_a_key_that_is_no_reduced_number_signs_nothing(u: int) -> None:
    assert not verify(u.to_bytes(32, "little"), b"", bytes(64))


def test_two_signatures_of_one_message_differ() -> None:
    pair = KeyPair.generate()
    assert sign(pair.private, b"x") != sign(pair.private, b"x")
