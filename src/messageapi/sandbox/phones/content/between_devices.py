"""The messages a phone writes about keys and the account, and the wrapping of what its linked devices shall see."""

from messageapi.sandbox.phones.content import fields as at
from messageapi.sandbox.wire.protobuf import encode


def sent_by_own_device(destination: str, message: bytes) -> bytes:
    """How a message is shown to the sender's other devices."""
    return encode((at.DEVICE_SENT, encode((1, destination), (2, message))))


def key_distribution(group: str, distribution: bytes) -> bytes:
    return encode((at.KEY_DISTRIBUTION, encode((1, group), (2, distribution))))


def protocol_message(kind: int, number: int, body: bytes) -> bytes:
    """A message from phone to companion about the account itself."""
    return encode((at.PROTOCOL, encode((2, kind), (number, body))))
