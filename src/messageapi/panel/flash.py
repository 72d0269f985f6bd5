"""One sentence that outlives a redirect: "Key created." It lies in a cookie and is shown once."""

import base64
import binascii
from typing import Literal

import msgspec

Tone = Literal["good", "bad", "plain"]
LONGEST = 300


class Flash(msgspec.Struct, frozen=True):
    """Plain text; the page escapes it."""

    text: str
    tone: Tone = "good"


def written(flash: Flash) -> str:
    """As a cookie's value."""
    return base64.urlsafe_b64encode(msgspec.json.encode(flash)).decode().rstrip("=")


def read(cookie: str) -> Flash | None:
    if not cookie or len(cookie) > 4 * LONGEST:
        return None
    try:
        found = base64.urlsafe_b64decode((cookie + "=" * (-len(cookie) % 4)).encode("ascii"))
        return msgspec.json.decode(found, type=Flash)
    except (binascii.Error, UnicodeError, ValueError, msgspec.MsgspecError):
        return None
