"""Parts with a file: where it lies at WhatsApp and what opens it there. Nothing is fetched here."""

import re
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from messageapi.vocab.content import Audio, Document, Image, Media, Remote, Sticker, Video, Voice

CAPTION_LENGTH: Final = 65_536
_FILENAME_LENGTH: Final = 255
_LARGEST: Final = 1 << 40
_MOST: Final = 1 << 31
_SHA256_SIZE: Final = 32
_KEY_SIZE: Final = 32
_WAVEFORM_SIZE: Final = 64
_PATH_LENGTH: Final = 2_048
_MIME: Final = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}( ?; ?[\w.+-]+=[\w.+\"-]+)?", re.ASCII)
_UNSAID: Final = "application/octet-stream"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069/\\]")
"""Among them the marks that turn the direction of writing, by which `exe.pdf` can be made of `fdp.exe`."""

Kind = Literal["image", "video", "audio", "document", "sticker"]


def image(part: Any) -> Image:
    return Image(
        media=_media(part, "image"),
        caption=part.caption[:CAPTION_LENGTH],
        width=_bounded(part.width),
        height=_bounded(part.height),
    )


def video(part: Any) -> Video:
    return Video(
        media=_media(part, "video"),
        caption=part.caption[:CAPTION_LENGTH],
        seconds=_bounded(part.seconds),
        width=_bounded(part.width),
        height=_bounded(part.height),
    )


def audio(part: Any) -> Audio | Voice:
    media, seconds = _media(part, "audio"), _bounded(part.seconds)
    if not part.PTT:
        return Audio(media=media, seconds=seconds)
    return Voice(media=media, seconds=seconds, waveform=part.waveform[:_WAVEFORM_SIZE])


def document(part: Any) -> Document:
    return Document(
        media=_media(part, "document"),
        filename=_CONTROL.sub("_", part.fileName or part.title)[:_FILENAME_LENGTH],
        caption=part.caption[:CAPTION_LENGTH],
    )


def sticker(part: Any) -> Sticker:
    return Sticker(media=_media(part, "sticker"), animated=part.isAnimated or part.isLottie)


def _media(part: Any, kind: Kind) -> Media:
    mime = part.mimetype if _MIME.fullmatch(part.mimetype) else _UNSAID
    return Media(
        name="",
        key=b"",
        sha256=part.fileSHA256 if len(part.fileSHA256) == _SHA256_SIZE else b"",
        size=min(part.fileLength, _LARGEST),
        mime=mime,
        remote=_remote(part, kind),
    )


def _remote(part: Any, kind: Kind) -> Remote | None:
    """None when the message does not say how to get the file: then it is gone."""
    path = part.directPath or _path(part.URL)
    if not path.startswith("/") or len(path) > _PATH_LENGTH or len(part.mediaKey) != _KEY_SIZE:
        return None
    return Remote(kind=kind, path=path, key=part.mediaKey, enc_sha256=part.fileEncSHA256[:_SHA256_SIZE])


def _path(url: str) -> str:
    """The host that a stranger names is not asked: WhatsApp's own are."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _bounded(number: int) -> int:
    return min(number, _MOST)
