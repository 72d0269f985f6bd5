"""What a file is, from how it begins. What its name and its sender say decides only among kinds of text."""

import re

import puremagic

HEAD = 8192
"""Enough of a file to know it by."""
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
PROGRAM = "application/x-executable"

_ISO_BRANDS = (
    (re.compile(rb"M4[ABP] "), "audio/mp4"),
    (re.compile(rb"3g[p2]."), "video/3gpp"),
    (re.compile(rb"qt  "), "video/quicktime"),
    (re.compile(rb"hei[cxms]|hev[cx]|mif1|msf1"), "image/heic"),
    (re.compile(rb"avi[fs]"), "image/avif"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
)
_FIRST_ENTRY = re.compile(rb"PK\x03\x04.{26}mimetype(application/[a-z0-9.+-]{1,80})", re.DOTALL)
_RIFF = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}
_MACHO = frozenset({b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"})
_OTHER_NAMES = {
    "application/ogg": "audio/ogg",
    "audio/x-flac": "audio/flac",
    "audio/mp3": "audio/mpeg",
    "image/jpg": "image/jpeg",
    "image/x-ms-bmp": "image/bmp",
    "image/pjpeg": "image/jpeg",
}
_BY_SUFFIX = {".amr": "audio/amr", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg"}
_WRITTEN = re.compile(
    r"text/[a-z0-9.+-]+|application/(?:json|xml|rtf|postscript|pdf|[a-z0-9.-]+\+(?:json|xml))|image/svg\+xml"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(head: bytes, claimed: str = "") -> str:
    """A media type. `claimed` is believed as to which kind of text a text is."""
    return _by_signature(head) or _by_library(head, claimed)


def _by_signature(head: bytes) -> str:
    """Containers, whose first bytes alone say too little."""
    if head[:4] == b"\x7fELF" or head[:4] in _MACHO or _is_windows_program(head):
        return PROGRAM
    if head[4:8] == b"ftyp":
        return next((mime for brand, mime in _ISO_BRANDS if brand.match(head, 8)), "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:4] == b"PK\x03\x04":
        return _zipped(head)
    return ""


def _is_windows_program(head: bytes) -> bool:
    place = int.from_bytes(head[60:64], "little")
    return head[:2] == b"MZ" and head[place : place + 2] in (b"PE", b"NE", b"LE")


def _zipped(head: bytes) -> str:
    if first := _FIRST_ENTRY.match(head):
        return first[1].decode("ascii")
    return next((mime for name, mime in _ZIPPED if name in head), "application/zip")


def _by_library(head: bytes, claimed: str) -> str:
    found = _matches(head)
    if _is_text(head):
        written = claimed if _WRITTEN.fullmatch(claimed) else TEXT
        return next((mime for mime in found if _WRITTEN.fullmatch(mime)), written)
    return next(iter(found), UNKNOWN)


def _matches(head: bytes) -> list[str]:
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    named = (each.mime_type or _BY_SUFFIX.get(each.extension, "") for each in guesses)
    return [_OTHER_NAMES.get(mime, mime) for mime in named if mime]


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the end may be cut in the middle of a letter."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as broken:
        if broken.reason != "unexpected end of data":
            return False
        text = head[: broken.start].decode("utf-8")
    return not _CONTROLS.search(text)
