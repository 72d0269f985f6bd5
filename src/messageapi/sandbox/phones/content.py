"""What is inside a decrypted message: its kind and its text. Field numbers are those of WhatsApp's Message."""

from typing import NamedTuple

from messageapi.sandbox.wire.protobuf import Fields, encode

CONVERSATION, KEY_DISTRIBUTION, PROTOCOL, DEVICE_SENT = 1, 2, 12, 31

# Field number -> kind, and the field inside that holds the text (None: there is none).
_KINDS: dict[int, tuple[str, int | None]] = {
    3: ("image", 3),
    4: ("contact", 1),
    5: ("location", 3),
    6: ("text", 1),
    7: ("document", 20),
    8: ("audio", None),
    9: ("video", 7),
    13: ("contacts", 1),
    26: ("sticker", None),
    28: ("group_invite", 6),
    36: ("list", 2),
    42: ("buttons", 6),
    45: ("interactive", None),
    46: ("reaction", 2),
    49: ("poll", 2),
    60: ("poll", 2),
    64: ("poll", 2),
}
_SILENT = frozenset((KEY_DISTRIBUTION, PROTOCOL, DEVICE_SENT, 15, 35))  # about messages, not messages themselves
_REVOKE, _EDIT, _EDITED = 0, 14, 14
_WRAPPERS = (37, 40, 53, 55, 59)  # view once, disappearing, document with caption: the real message is field 1 inside
_DEEPEST = 4


class Content(NamedTuple):
    kind: str
    text: str


def describe(message: Fields) -> Content | None:
    """None for messages without content of their own, such as the distribution of a group key."""
    for _ in range(_DEEPEST):
        wrapper = next((number for number in _WRAPPERS if number in message), None)
        if wrapper is None:
            break
        message = message.message(wrapper).message(1)
    if CONVERSATION in message:
        return Content("text", message.text(CONVERSATION))
    for number, (kind, text) in _KINDS.items():
        if number in message:
            return Content(kind, message.message(number).text(text) if text else "")
    if PROTOCOL in message:
        return _change(message.message(PROTOCOL))
    return None if _SILENT.issuperset(message.numbers) else Content("unknown", "")


def _change(protocol: Fields) -> Content | None:
    """A message taken back (the text is its id) or edited."""
    kind = protocol.int(2)
    if kind == _REVOKE and 1 in protocol:
        return Content("revoke", protocol.message(1).text(3))
    edited = describe(protocol.message(_EDITED)) if kind == _EDIT and _EDITED in protocol else None
    return Content("edit", edited.text) if edited else None


def text_message(text: str) -> bytes:
    return encode((CONVERSATION, text))


def sent_by_own_device(destination: str, message: bytes) -> bytes:
    """How a message is shown to the sender's other devices."""
    return encode((DEVICE_SENT, encode((1, destination), (2, message))))


def key_distribution(group: str, distribution: bytes) -> bytes:
    return encode((KEY_DISTRIBUTION, encode((1, group), (2, distribution))))


def protocol_message(kind: int, number: int, body: bytes) -> bytes:
    """A message from phone to companion about the account itself."""
    return encode((PROTOCOL, encode((2, kind), (number, body))))
