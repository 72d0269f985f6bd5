"""Signatures as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body, under a `whsec_` secret."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable

from messageapi.errors import Problem

PREFIX = "whsec_"
LEAST = 24  # bytes; the standard's own bounds
MOST = 64
MADE = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(MADE)).decode()


def valid_secret(given: str) -> str:
    """Raise Problem for what receivers' libraries would not take."""
    try:
        key = key_of(given)
    except (binascii.Error, ValueError):
        raise Problem(
            "webhook_secret_invalid", 422, "A secret is `whsec_` and 24 to 64 random bytes in base64. Correct it."
        ) from None
    if not LEAST <= len(key) <= MOST:
        raise Problem(
            "webhook_secret_length", 422, f"The secret has {len(key)} bytes; it needs {LEAST} to {MOST}. Make another."
        )
    return given


def key_of(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise ValueError(PREFIX)
    text = secret.removeprefix(PREFIX)
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def headers(event_id: str, seconds: int, body: bytes, used: Iterable[str]) -> dict[str, str]:
    """One signature for each secret in use; with none of them the message is named and dated all the same."""
    named = {"webhook-id": event_id, "webhook-timestamp": str(seconds)}
    signed = b".".join((event_id.encode(), str(seconds).encode(), body))
    signatures = " ".join(_signature(secret, signed) for secret in used)
    return {**named, "webhook-signature": signatures} if signatures else named


def _signature(secret: str, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()
