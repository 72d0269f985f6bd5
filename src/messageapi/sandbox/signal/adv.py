"""The device identity: how a phone vouches for its companion, and the companion for itself, at pairing.

ADV is WhatsApp's name for it. The numbers are protobuf fields: identity details (raw id, time, key index); the signed
identity (details, account key, account signature, device signature); and, around it for the pairing only, an HMAC.
"""

import hmac
import secrets

from messageapi.sandbox.signal.errors import SignalError
from messageapi.sandbox.signal.keys import KeyPair, hmac_sha256
from messageapi.sandbox.signal.xeddsa import sign, verify
from messageapi.sandbox.wire.protobuf import Fields, ProtobufError, decode, encode

_ACCOUNT_PREFIX = b"\x06\x00"
_DEVICE_PREFIX = b"\x06\x01"
_DETAILS, _ACCOUNT_KEY, _ACCOUNT_SIGNATURE, _DEVICE_SIGNATURE = 1, 2, 3, 4
_HMAC_DETAILS, _HMAC = 1, 2


class AdvError(SignalError):
    """A device identity is malformed or not signed by whom it should be."""


def build_device_identity(
    identity: KeyPair, companion_identity: bytes, adv_secret: bytes, key_index: int, now: int
) -> bytes:
    """The phone's word for a new companion, as it goes into <pair-success>."""
    details = encode((1, secrets.randbits(31)), (2, now), (3, key_index))
    signature = sign(identity.private, _ACCOUNT_PREFIX + details + companion_identity)
    signed = encode((_DETAILS, details), (_ACCOUNT_KEY, identity.public), (_ACCOUNT_SIGNATURE, signature))
    return encode((_HMAC_DETAILS, signed), (_HMAC, hmac_sha256(adv_secret, signed)))


def accept_device_identity(sealed: bytes, companion: KeyPair, adv_secret: bytes) -> bytes:
    """The companion's answer, as it goes into <pair-device-sign>: signed by both, without the account key."""
    try:
        outer = decode(sealed)
        signed = outer.bytes(_HMAC_DETAILS)
        if not hmac.compare_digest(outer.bytes(_HMAC), hmac_sha256(adv_secret, signed)):
            raise AdvError("the device identity is not sealed with this pairing's secret")
        fields = decode(signed)
        account_key, details = fields.bytes(_ACCOUNT_KEY), fields.bytes(_DETAILS)
    except ProtobufError as error:
        raise AdvError(str(error)) from error
    _check_account_signature(fields, account_key, companion.public)
    signature = sign(companion.private, _DEVICE_PREFIX + details + companion.public + account_key)
    account_signature = fields.bytes(_ACCOUNT_SIGNATURE)
    return encode((_DETAILS, details), (_ACCOUNT_SIGNATURE, account_signature), (_DEVICE_SIGNATURE, signature))


def check_device_identity(signed: bytes, account_key: bytes, companion_identity: bytes) -> None:
    """Raise AdvError unless account and companion both signed this identity.

    It comes back in <pair-device-sign>, and again in front of first messages as <device-identity>.
    """
    try:
        fields = decode(signed)
        _check_account_signature(fields, account_key, companion_identity)
        message = _DEVICE_PREFIX + fields.bytes(_DETAILS) + companion_identity + account_key
        if not verify(companion_identity, message, fields.bytes(_DEVICE_SIGNATURE)):
            raise AdvError("the device signature is wrong")
    except ProtobufError as error:
        raise AdvError(str(error)) from error


def _check_account_signature(fields: Fields, account_key: bytes, companion_identity: bytes) -> None:
    message = _ACCOUNT_PREFIX + fields.bytes(_DETAILS) + companion_identity
    if not verify(account_key, message, fields.bytes(_ACCOUNT_SIGNATURE)):
        raise AdvError("the account signature is wrong")
