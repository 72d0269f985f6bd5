"""What is asked of the workshop, and what it answers."""

from typing import Literal

import msgspec

Job = Literal["image", "sticker", "voice", "audio", "video", "thumbnail"]

Reason = Literal["unreadable", "too_many_pixels", "too_long", "codec", "no_sound", "no_picture", "too_large"]


class Made(msgspec.Struct, frozen=True, kw_only=True, tag="made"):
    """`data` is empty when the file is good as it is; then `mime` is, too."""

    data: bytes = b""
    mime: str = ""
    seconds: int = 0
    width: int = 0
    height: int = 0
    thumbnail: bytes = b""
    waveform: bytes = b""
    animated: bool = False


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """It opened, or did not, and is not what can be sent. `detail` names a codec or nothing."""

    reason: Reason
    detail: str = ""


Said = Made | Refused


class RefusedError(Exception):
    """Raised inside the workshop."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.refused = Refused(reason, detail)
