"""Which files can be sent as what, how large they may be, and which of them the workshop has to look at."""

from messageapi.errors import Problem
from messageapi.media import errors
from messageapi.media.sniff import PROGRAM
from messageapi.media.source import Kind
from messageapi.media.workshop.made import Job
from messageapi.settings import Settings

_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_PLAYED = frozenset({"audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg", "video/mp4"})
_HEARD = _PLAYED | {"audio/flac", "audio/wav", "video/3gpp", "video/quicktime", "video/webm"}
_FILMS = frozenset({"video/mp4", "video/3gpp", "video/quicktime"})

_TAKEN: dict[Kind, frozenset[str]] = {
    "image": _PICTURES,
    "sticker": _PICTURES,
    "audio": _PLAYED,
    "voice": _HEARD,
    "video": _FILMS,
}
JOBS: dict[Kind, Job] = {
    "image": "image",
    "sticker": "sticker",
    "audio": "audio",
    "voice": "voice",
    "video": "video",
}
_SAID = {
    "image": "JPEG, PNG, WebP or GIF",
    "sticker": "WebP, PNG, JPEG or GIF",
    "audio": "MP3, AAC, M4A, AMR or Ogg with Opus",
    "voice": "any sound file",
    "video": "MP4 or 3GP with H.264",
}


def most_bytes(settings: Settings, kind: Kind | None) -> int:
    """None: an upload, of which nobody knows yet what it is for."""
    if kind in ("image", "sticker"):
        return settings.media_image_bytes
    if kind in ("audio", "voice"):
        return settings.media_audio_bytes
    return settings.media_video_bytes if kind == "video" else settings.media_document_bytes


def refusal(kind: Kind | None, mime: str, claimed: str) -> Problem | None:
    """Can a file that is found to be `mime` be this? `claimed` is what its sender said it is."""
    if mime == PROGRAM:
        return errors.program()
    if _contradicts(claimed, mime):
        return errors.type_mismatch(claimed, mime)
    if kind is None or kind == "document" or mime in _TAKEN[kind]:
        return None
    return errors.type_refused(kind, mime, _SAID[kind])


def shown_as(kind: Kind, mime: str) -> str:
    """Sound alone in a container of videos is a sound."""
    return "audio/mp4" if kind == "audio" and mime == "video/mp4" else mime


def _contradicts(claimed: str, mime: str) -> bool:
    """Whoever says picture and sends a page has a mistake somewhere: usually an error page in place of the file."""
    said, found = claimed.partition("/")[0], mime.partition("/")[0]
    if said not in ("image", "audio", "video") or said == found:
        return False
    return not {said, found} <= {"audio", "video"}
