"""The bytes of Signal messages, version 3: a version byte, protobuf fields, and a MAC or a signature behind them."""

import msgspec

from messageapi.sandbox.signal.errors import SignalError, UndecryptableMessage
from messageapi.sandbox.signal.keys import typed, untyped
from messageapi.sandbox.signal.xeddsa import SIGNATURE_SIZE
from messageapi.sandbox.wire.protobuf import Fields, ProtobufError, decode, encode

MAC_SIZE = 8
_VERSION = b"\x33"  # made by version 3 for readers of version 3
_MAX_COUNTER = 0xFFFFFFFF


class RatchetMessage(msgspec.Struct, frozen=True):
    """One message of a session; `signed` is what the MAC covers."""

    ratchet_key: bytes
    counter: int
    ciphertext: bytes
    signed: bytes
    mac: bytes


class PreKeyMessage(msgspec.Struct, frozen=True):
    """The first messages of a session: all a receiver needs to set it up, and the message inside."""

    registration_id: int
    prekey_id: int | None
    signed_prekey_id: int
    base_key: bytes
    identity: bytes
    message: bytes


class SenderKeyMessage(msgspec.Struct, frozen=True):
    """One message to a group; `signed` is what the signature covers."""

    key_id: int
    iteration: int
    ciphertext: bytes
    signed: bytes
    signature: bytes


class SenderKeyDistribution(msgspec.Struct, frozen=True):
    """What a member needs to read a sender's messages from `iteration` on."""

    key_id: int
    iteration: int
    chain_key: bytes
    signing_key: bytes

    def __repr__(self) -> str:
        return f"SenderKeyDistribution(key_id={self.key_id}, iteration={self.iteration})"


def write_ratchet_body(ratchet_key: bytes, counter: int, previous_counter: int, ciphertext: bytes) -> bytes:
    return _VERSION + encode((1, typed(ratchet_key)), (2, counter), (3, previous_counter), (4, ciphertext))


def parse_ratchet_message(data: bytes) -> RatchetMessage:
    signed, mac = data[:-MAC_SIZE], data[-MAC_SIZE:]
    fields = _fields(signed)
    try:
        return RatchetMessage(untyped(fields.bytes(1)), _counter(fields, 2), fields.bytes(4), signed, mac)
    except (ProtobufError, SignalError) as error:
        raise UndecryptableMessage(str(error)) from error


def write_prekey_message(message: PreKeyMessage) -> bytes:
    return _VERSION + encode(
        (1, message.prekey_id),
        (2, typed(message.base_key)),
        (3, typed(message.identity)),
        (4, message.message),
        (5, message.registration_id),
        (6, message.signed_prekey_id),
    )


def parse_prekey_message(data: bytes) -> PreKeyMessage:
    fields = _fields(data)
    try:
        return PreKeyMessage(
            registration_id=fields.int(5),
            prekey_id=fields.int(1) if 1 in fields else None,
            signed_prekey_id=fields.int(6),
            base_key=untyped(fields.bytes(2)),
            identity=untyped(fields.bytes(3)),
            message=fields.bytes(4),
        )
    except (ProtobufError, SignalError) as error:
        raise UndecryptableMessage(str(error)) from error


def write_sender_key_body(key_id: int, iteration: int, ciphertext: bytes) -> bytes:
    return _VERSION + encode((1, key_id), (2, iteration), (3, ciphertext))


def parse_sender_key_message(data: bytes) -> SenderKeyMessage:
    signed, signature = data[:-SIGNATURE_SIZE], data[-SIGNATURE_SIZE:]
    fields = _fields(signed)
    try:
        return SenderKeyMessage(fields.int(1), _counter(fields, 2), fields.bytes(3), signed, signature)
    except ProtobufError as error:
        raise UndecryptableMessage(str(error)) from error


def write_distribution(distribution: SenderKeyDistribution) -> bytes:
    return _VERSION + encode(
        (1, distribution.key_id),
        (2, distribution.iteration),
        (3, distribution.chain_key),
        (4, typed(distribution.signing_key)),
    )


def parse_distribution(data: bytes) -> SenderKeyDistribution:
    fields = _fields(data)
    try:
        chain_key = fields.bytes(3)
        if len(chain_key) != 32:
            raise UndecryptableMessage("a chain key has 32 bytes")
        return SenderKeyDistribution(fields.int(1), _counter(fields, 2), chain_key, untyped(fields.bytes(4)))
    except (ProtobufError, SignalError) as error:
        raise UndecryptableMessage(str(error)) from error


def _fields(data: bytes) -> Fields:
    if data[:1] != _VERSION:
        raise UndecryptableMessage("the message is not of Signal version 3")
    try:
        return decode(data[1:])
    except ProtobufError as error:
        raise UndecryptableMessage(str(error)) from error


def _counter(fields: Fields, number: int) -> int:
    counter = fields.int(number)
    if counter > _MAX_COUNTER:
        raise UndecryptableMessage("a message counter has 32 bits")
    return counter
