"""The one file of a multipart form, taken out of the body while it comes."""

import asyncio
from collections.abc import AsyncIterator

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from messageapi.errors import Problem
from messageapi.media import errors
from messageapi.media.intake import Told

FIELD = "file"
AROUND = 65_536
"""Most bytes of a form that are not the file."""
SILENCE_S = 30
_PARTS = 4


class FormFile:
    """First `told`, then `chunks`, which end only when the whole form has come and held nothing else."""

    def __init__(self, body: AsyncIterator[bytes], content_type: str, most: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != "multipart/form-data" or not options.get("boundary"):
            raise errors.not_a_form()
        self._most = most
        self._events = self._parsed(body, options["boundary"])

    async def told(self) -> Told:
        """Raise Problem when the form does not begin with the file."""
        async for event in self._events:
            return _told(event)
        raise errors.file_missing()

    async def chunks(self) -> AsyncIterator[bytes]:
        async for event in self._events:
            if isinstance(event, MultipartSegment):
                raise errors.several_parts() if event.name == FIELD else errors.stray_field(event.name or "")
            if event:
                yield bytes(event)

    async def _parsed(
        self, body: AsyncIterator[bytes], boundary: str
    ) -> AsyncIterator[MultipartSegment | bytearray | bytes | None]:
        try:
            with PushMultipartParser(boundary, max_segment_count=_PARTS, strict=True) as parser:
                async for chunk in self._patient(body):
                    if parser.closed:
                        continue
                    for event in parser.parse(chunk):
                        yield event
        except (MultipartError, UnicodeDecodeError):
            raise errors.form_malformed() from None

    async def _patient(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size = 0
        while True:
            try:
                async with asyncio.timeout(SILENCE_S):
                    chunk = await anext(body, b"")
            except TimeoutError:
                raise Problem("body_too_slow", 408, "The body did not arrive in time. Send it again.") from None
            size += len(chunk)
            if size > self._most + AROUND:
                raise errors.too_large(self._most)
            if not chunk:
                return
            yield chunk


def _told(event: object) -> Told:
    if not isinstance(event, MultipartSegment):
        raise errors.file_missing()
    if event.name != FIELD:
        raise errors.stray_field(event.name or "")
    return Told(event.content_type or "", event.filename or "")
