"""Files as WhatsApp seals them: AES-256-CBC and ten bytes of HMAC behind it, with keys that depend on the kind."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from messageapi.sandbox.signal import cbc
from messageapi.sandbox.signal.errors import UndecryptableMessage
from messageapi.sandbox.signal.keys import KEY_SIZE, hkdf, hmac_sha256

_MAC_SIZE = 10
_KINDS = {
    "image": b"WhatsApp Image Keys",
    "sticker": b"WhatsApp Image Keys",
    "video": b"WhatsApp Video Keys",
    "audio": b"WhatsApp Audio Keys",
    "voice": b"WhatsApp Audio Keys",
    "document": b"WhatsApp Document Keys",
}


class MediaError(Exception):
    """The file is not what its message says; `code` says in what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Digests(NamedTuple):
    """What a message tells about its file, beside the key."""

    sha256: bytes
    enc_sha256: bytes
    length: int


class _Keys(NamedTuple):
    iv: bytes
    cipher: bytes
    mac: bytes

    @classmethod
    def of(cls, kind: str, key: bytes) -> "_Keys":
        data = hkdf(key, b"", _KINDS[kind], 112)
        return cls(data[:16], data[16:48], data[48:80])


def seal(kind: str, plain: bytes) -> tuple[bytes, bytes]:
    """The media key and the file as it is uploaded."""
    key = secrets.token_bytes(KEY_SIZE)
    keys = _Keys.of(kind, key)
    sealed = cbc.encrypt(keys.cipher, keys.iv, plain)
    return key, sealed + _mac(keys, sealed)


def digests(plain: bytes, file: bytes) -> Digests:
    return Digests(hashlib.sha256(plain).digest(), hashlib.sha256(file).digest(), len(plain))


def unseal(kind: str, key: bytes, file: bytes, told: Digests) -> bytes:
    """Check everything a careful phone checks and decrypt; raise MediaError with the first thing that is wrong."""
    if len(key) != KEY_SIZE:
        raise MediaError("wrong_key")
    if hashlib.sha256(file).digest() != told.enc_sha256:
        raise MediaError("wrong_file_enc_sha256")
    keys, sealed = _Keys.of(kind, key), file[:-_MAC_SIZE]
    if not hmac.compare_digest(_mac(keys, sealed), file[-_MAC_SIZE:]):
        raise MediaError("wrong_mac")
    try:
        plain = cbc.decrypt(keys.cipher, keys.iv, sealed)
    except UndecryptableMessage:
        raise MediaError("wrong_padding") from None
    return check_plain(plain, told)


def check_plain(plain: bytes, told: Digests) -> bytes:
    if hashlib.sha256(plain).digest() != told.sha256:
        raise MediaError("wrong_file_sha256")
    if len(plain) != told.length:
        raise MediaError("wrong_file_length")
    return plain


def _mac(keys: _Keys, sealed: bytes) -> bytes:
    return hmac_sha256(keys.mac, keys.iv + sealed)[:_MAC_SIZE]
