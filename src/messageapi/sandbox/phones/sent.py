"""What a phone remembers of the messages it has sent and received."""

import msgspec


class Sent(msgspec.Struct, frozen=True):
    """A message that a device may ask for again."""

    chat: str
    type: str
    plain: bytes
    peer: bool = False  # from phone to own companion, about the account itself


class Unread(msgspec.Struct, frozen=True):
    """A message that waits to be read: who gets the receipt."""

    author: str
    group: str = ""
