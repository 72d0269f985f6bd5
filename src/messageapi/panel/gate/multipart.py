"""A form with a file in it, as browsers send one. It stays in memory: what is to lie on the disk is sealed there."""

from collections.abc import Iterator
from typing import NamedTuple

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from messageapi.errors import Problem

KIND = "multipart/form-data"
_PARTS = 200


class Sent(NamedTuple):
    """A file, with what the browser says of it."""

    name: str
    mime: str
    data: bytes


class Parts(NamedTuple):
    fields: list[tuple[str, str]]
    files: dict[str, Sent]


def read(body: bytes, content_type: str) -> Parts:
    """Raise Problem form_malformed. A field for a file in which none was chosen is left out."""
    fields: list[tuple[str, str]] = []
    files: dict[str, Sent] = {}
    try:
        for part, data in _parts(body, parse_options_header(content_type)[1].get("boundary", "")):
            if part.filename is None:
                fields.append((part.name, data.decode()))
            elif part.filename or data:
                files[part.name] = Sent(part.filename, part.content_type or "application/octet-stream", data)
    except (MultipartError, ValueError):
        raise Problem("form_malformed", 400, "The form cannot be read. Send it again.") from None
    return Parts(fields, files)


def _parts(body: bytes, boundary: str) -> Iterator[tuple[MultipartSegment, bytes]]:
    with PushMultipartParser(boundary, max_segment_count=_PARTS, strict=True) as parser:
        part, pieces = None, list[bytes]()
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                part, pieces = event, []
            elif event:
                pieces.append(bytes(event))
            elif part is not None:
                yield part, b"".join(pieces)
