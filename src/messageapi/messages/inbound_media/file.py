"""The file of a letter, and what it is called."""

import msgspec

from messageapi.media.filename import named
from messageapi.vocab.content import Audio, Document, Image, Letter, Media, Sticker, Video, Voice

KINDS = frozenset({"image", "video", "audio", "voice", "document", "sticker"})
"""Types of messages that have one."""
WithFile = Image | Video | Audio | Voice | Document | Sticker


def file_of(letter: Letter | None) -> Media | None:
    """None for letters without one."""
    content = letter.content if letter else None
    return content.media if isinstance(content, WithFile) else None


def with_file(letter: Letter, media: Media) -> Letter:
    """The same letter, whose file lies elsewhere now."""
    return msgspec.structs.replace(letter, content=msgspec.structs.replace(letter.content, media=media))


def filename(letter: Letter, mime: str) -> str:
    """As its sender called it, cleaned; else after its kind, such as `image.jpg`."""
    content = letter.content
    given = content.filename if isinstance(content, Document) else ""
    return named(given, type(content).__name__.lower(), mime)
