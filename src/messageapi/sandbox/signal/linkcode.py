"""Linking by an eight-character code: the phone and the companion prove to each other that they know the same code.

The code hides each side's ephemeral key; from both keys comes the secret that the later pairing is sealed with.
`unwrap_ephemeral` and `wrap_ephemeral` take about 0.1 s of CPU: call them off the event loop.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.keys import KEY_SIZE, KeyPair, hkdf

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"
_CODE_LENGTH = 8
_ROUNDS = 131_072
_SALT_SIZE, _IV_SIZE, _NONCE_SIZE = 32, 16, 12
_WRAPPED_SIZE = _SALT_SIZE + _IV_SIZE + KEY_SIZE
_BUNDLE_INFO = b"link_code_pairing_key_bundle_encryption_key"
_SECRET_INFO = b"adv_secret"


class LinkCodeError(SignalError):
    """The code is not one, or the other side used another code."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What the companion sends last, and the secret it now shares with the phone."""

    wrapped_bundle: bytes
    adv_secret: bytes = field(repr=False)


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def normalize(code: str) -> str:
    """The code as typed by a person, without dashes and spaces and in capitals."""
    plain = code.replace("-", "").replace(" ", "").upper()
    if len(plain) != _CODE_LENGTH or not set(plain) <= set(_ALPHABET):
        raise LinkCodeError("a pairing code has eight letters or digits, and neither 0, I, O nor U")
    return plain


def wrap_ephemeral(code: str, public: bytes) -> bytes:
    """Hide an ephemeral public key under the code: salt, IV, ciphertext."""
    salt, iv = secrets.token_bytes(_SALT_SIZE), secrets.token_bytes(_IV_SIZE)
    return salt + iv + _mask(code, salt, iv, public)


def unwrap_ephemeral(code: str, wrapped: bytes) -> bytes:
    """The hidden key; with a wrong code it is another key, and only `open_bundle` or the companion will notice."""
    if len(wrapped) != _WRAPPED_SIZE:
        raise LinkCodeError(f"a wrapped key has {_WRAPPED_SIZE} bytes")
    salt, iv, hidden = wrapped[:_SALT_SIZE], wrapped[_SALT_SIZE:-KEY_SIZE], wrapped[-KEY_SIZE:]
    return _mask(code, salt, iv, hidden)


def open_bundle(
    wrapped_bundle: bytes,
    ephemeral: KeyPair,
    companion_ephemeral: bytes,
    identity: KeyPair,
    companion_identity: bytes,
) -> bytes:
    """The phone's last step: check what the companion sent and return the adv secret."""
    salt, nonce = wrapped_bundle[:_SALT_SIZE], wrapped_bundle[_SALT_SIZE : _SALT_SIZE + _NONCE_SIZE]
    try:
        shared = ephemeral.agree(companion_ephemeral)
        cipher = AESGCM(hkdf(shared, salt, _BUNDLE_INFO, 32))
        plain = cipher.decrypt(nonce, wrapped_bundle[_SALT_SIZE + _NONCE_SIZE :], None)
        identity_shared = identity.agree(companion_identity)
    except (InvalidTag, ValueError) as error:
        raise LinkCodeError("the companion's bundle does not open: the code was another one") from error
    if len(plain) != 3 * KEY_SIZE or plain[: 2 * KEY_SIZE] != companion_identity + identity.public:
        raise LinkCodeError("the companion's bundle names other identity keys")
    return _adv_secret(shared, identity_shared, plain[2 * KEY_SIZE :])


def seal_bundle(ephemeral: KeyPair, phone_ephemeral: bytes, identity: KeyPair, phone_identity: bytes) -> Finish:
    """The companion's last step."""
    salt, nonce, random = secrets.token_bytes(_SALT_SIZE), secrets.token_bytes(_NONCE_SIZE), secrets.token_bytes(32)
    shared = ephemeral.agree(phone_ephemeral)
    cipher = AESGCM(hkdf(shared, salt, _BUNDLE_INFO, 32))
    sealed = cipher.encrypt(nonce, identity.public + phone_identity + random, None)
    return Finish(salt + nonce + sealed, _adv_secret(shared, identity.agree(phone_identity), random))


def _mask(code: str, salt: bytes, iv: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", normalize(code).encode(), salt, _ROUNDS, 32)
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor().update(data)


def _adv_secret(ephemeral_shared: bytes, identity_shared: bytes, random: bytes) -> bytes:
    return hkdf(ephemeral_shared + identity_shared + random, b"", _SECRET_INFO, 32)
