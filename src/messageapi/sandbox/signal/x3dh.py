"""X3DH: how two sides that never met agree on the first secrets of a session, one of them being away."""

from typing import NamedTuple

import msgspec

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.keys import KeyPair, hkdf, typed
from messageapi.sandbox.signal.xeddsa import verify

_DISCONTINUITY = b"\xff" * 32
_INFO = b"WhisperText"


class PreKeyBundle(msgspec.Struct, frozen=True):
    """The public keys a device leaves at the server, so that others can write to it first."""

    registration_id: int
    identity: bytes
    signed_prekey_id: int
    signed_prekey: bytes
    signature: bytes
    prekey_id: int | None = None
    prekey: bytes | None = None


class FirstKeys(NamedTuple):
    root: bytes
    chain: bytes


def initiator_keys(identity: KeyPair, base: KeyPair, bundle: PreKeyBundle) -> FirstKeys:
    if not verify(bundle.identity, typed(bundle.signed_prekey), bundle.signature):
        raise SignalError("the signed prekey of the bundle is not signed by its identity key")
    secret = identity.agree(bundle.signed_prekey) + base.agree(bundle.identity) + base.agree(bundle.signed_prekey)
    return _derive(secret + base.agree(bundle.prekey) if bundle.prekey else secret)


def responder_keys(
    identity: KeyPair, signed_prekey: KeyPair, prekey: KeyPair | None, their_identity: bytes, base_key: bytes
) -> FirstKeys:
    secret = signed_prekey.agree(their_identity) + identity.agree(base_key) + signed_prekey.agree(base_key)
    return _derive(secret + prekey.agree(base_key) if prekey else secret)


def _derive(secret: bytes) -> FirstKeys:
    keys = hkdf(_DISCONTINUITY + secret, b"", _INFO, 64)
    return FirstKeys(keys[:32], keys[32:])
