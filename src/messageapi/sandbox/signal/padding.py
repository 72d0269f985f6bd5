"""WhatsApp pads a message before it is encrypted: n bytes of the value n, with n from 1 to 15."""

import secrets

from messageapi.sandbox.signal.errors import SignalError

_MOST = 15
_MOST_OF_OTHERS = 16  # Baileys goes up to 16


def pad(plain: bytes) -> bytes:
    size = 1 + secrets.randbelow(_MOST)
    return plain + bytes((size,)) * size


def unpad(padded: bytes) -> bytes:
    size = padded[-1] if padded else 0
    if not 1 <= size <= _MOST_OF_OTHERS or not padded.endswith(bytes((size,)) * size):
        raise SignalError("the padding of a decrypted message is not 1 to 16 equal bytes")
    return padded[:-size]
