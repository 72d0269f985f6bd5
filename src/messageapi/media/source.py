"""Where the file of a message comes from, and what becomes of it."""

from typing import Literal

import msgspec

from messageapi.vocab.content import Audio, Document, Image, Sticker, Video, Voice

Kind = Literal["image", "video", "audio", "voice", "document", "sticker"]
Attached = Image | Video | Audio | Voice | Document | Sticker
"""Ready to be sent but for the caption: add that with msgspec.structs.replace."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly one of `url`, `media_id` and `base64`; `filename` is what a document is called, if not by itself."""

    url: str = ""
    media_id: str = ""
    base64: str = ""
    filename: str = ""
