"""The text of a message while it is needed: sealed for this one message, so that no blob opens in another's place."""

from messageapi.store.vault import Sealer


def about_body(message_id: str) -> str:
    return f"body:{message_id}"


def sealed_body(sealer: Sealer, message_id: str, text: str) -> bytes:
    return sealer.seal(text.encode(), about_body(message_id))


def opened_body(sealer: Sealer, message_id: str, sealed: bytes) -> str:
    """Raise SealError when the blob is damaged, not this message's, or its account's key is gone."""
    return sealer.open(sealed, about_body(message_id)).decode()
