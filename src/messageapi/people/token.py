"""Tokens of 256 bits. The database holds their hashes: whoever reads it cannot log in with what is there."""

import base64
import hashlib
import hmac
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def csrf_of(token: str) -> str:
    """Belongs to one session and lives as long; from it the token cannot be found."""
    made = hmac.digest(token.encode("utf-8", "replace"), b"messageapi csrf", "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
