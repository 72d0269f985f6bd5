"""What a message says while it is needed: sealed for this one message, so that no blob opens in another's place."""

import msgspec

from messageapi.store.vault import Sealer, SealError
from messageapi.vocab.content import Letter

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Letter).decode


def about_body(message_id: str) -> str:
    return f"body:{message_id}"


def sealed_body(sealer: Sealer, message_id: str, letter: Letter) -> bytes:
    return sealer.seal(_encode(letter), about_body(message_id))


def opened_body(sealer: Sealer, message_id: str, sealed: bytes) -> Letter:
    """Raise SealError when the blob is damaged, not this message's, or its account's key is gone."""
    try:
        return _decode(sealer.open(sealed, about_body(message_id)))
    except msgspec.MsgspecError:
        raise SealError("seal_broken", "A sealed body holds no message this version knows.", permanent=True) from None
