"""The key of an account's app state, and the one entry a phone writes itself: the account's own name.

Everything else in the app state is written by linked devices and stays closed to us. The first patch of a collection
needs no older state, so the running hash starts from zero.
"""

import hmac
import json
import secrets
import time
from typing import NamedTuple

import msgspec

from messageapi.sandbox.signal import cbc
from messageapi.sandbox.signal.keys import hkdf, hmac_sha256
from messageapi.sandbox.wire.protobuf import encode

NAME_COLLECTION = "critical_block"
_NAME_INDEX = json.dumps(["setting_pushName"], separators=(",", ":")).encode()
_PUSH_NAME_FIELD = 7
_SET = b"\x01"
_HASH_SIZE = 128


class AppStateKey(msgspec.Struct, frozen=True):
    id: bytes
    data: bytes

    @classmethod
    def create(cls) -> "AppStateKey":
        return cls(secrets.token_bytes(6), secrets.token_bytes(32))

    def __repr__(self) -> str:
        return "AppStateKey()"


class _Keys(NamedTuple):
    for_index: bytes
    value_cipher: bytes
    value_mac: bytes
    snapshot_mac: bytes
    patch_mac: bytes

    @classmethod
    def of(cls, key: AppStateKey) -> "_Keys":
        data = hkdf(key.data, b"", b"WhatsApp Mutation Keys", 160)
        return cls(*(data[start : start + 32] for start in range(0, 160, 32)))


def key_share(key: AppStateKey) -> bytes:
    """The body of the message by which a phone gives the key to a linked device."""
    fingerprint = encode((1, 1), (2, 1), (3, b"\x00\x01"))
    data = encode((1, key.data), (2, fingerprint), (3, int(time.time() * 1000)))
    return encode((1, encode((1, encode((1, key.id))), (2, data))))


def first_name_patch(key: AppStateKey, name: str) -> bytes:
    """Version 1 of the collection: set the push name."""
    keys, version = _Keys.of(key), (1).to_bytes(8, "big")
    value = encode((1, int(time.time() * 1000)), (_PUSH_NAME_FIELD, encode((1, name))))
    action = encode((1, _NAME_INDEX), (2, value), (3, b""), (4, 1))
    blob, value_mac = _seal(key, keys, action)
    collection = NAME_COLLECTION.encode()
    snapshot_mac = hmac_sha256(keys.snapshot_mac, _hash_of(value_mac) + version + collection)
    patch_mac = hmac_sha256(keys.patch_mac, snapshot_mac + value_mac + version + collection)
    key_id = encode((1, key.id))
    index = encode((1, hmac_sha256(keys.for_index, _NAME_INDEX)))
    record = encode((1, index), (2, encode((1, blob))), (3, key_id))
    return encode((2, encode((1, 0), (2, record))), (4, snapshot_mac), (5, patch_mac), (6, key_id))


def _seal(key: AppStateKey, keys: _Keys, action: bytes) -> tuple[bytes, bytes]:
    """The encrypted value with its MAC behind it, and the MAC alone."""
    iv = secrets.token_bytes(16)
    sealed = iv + cbc.encrypt(keys.value_cipher, iv, action)
    bound = _SET + key.id
    mac = hmac.digest(keys.value_mac, bound + sealed + len(bound).to_bytes(8, "big"), "sha512")[:32]
    return sealed + mac, mac


def _hash_of(value_mac: bytes) -> bytes:
    """The sum over all values of the collection, of which there is one: so the sum is that value's own hash."""
    return hkdf(value_mac, b"", b"WhatsApp Patch Integrity", _HASH_SIZE)
