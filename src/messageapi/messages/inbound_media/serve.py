"""A file as it is given out: its bytes, or a range of them, and headers under which no browser runs what is in it."""

import re
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import quote

from messageapi.blobs.port import BlobError
from messageapi.messages.inbound_media import errors
from messageapi.messages.inbound_media.fetch import forget, obtained
from messageapi.messages.inbound_media.find import Brought
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*(?:; ?[a-z]+=[a-z0-9-]+)?")
_SAFE: dict[str, str] = {
    "accept-ranges": "bytes",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cache-control": "private, no-store",
}


class Span(NamedTuple):
    """From the first byte to behind the last."""

    start: int
    end: int


class Served(NamedTuple):
    """What an answer is made of."""

    status: int
    mime: str
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]


async def serve(doors: Doors, caller: Caller, message_id: str, wanted: str = "") -> Served:
    """`wanted`: the Range header. Raise Problem; once this returns, the file is there."""
    found = await obtained(doors, caller, message_id, doors.settings.fetch_seconds)
    span = span_of(wanted, found.media.size)
    try:
        chunks = await _opened(doors, found)
    except BlobError as problem:
        if problem.code != "not_found":
            raise
        await forget(doors, caller, message_id, found.media.name)
        found = await obtained(doors, caller, message_id, doors.settings.fetch_seconds)
        chunks = await _opened(doors, found)
    return _served(found, span, chunks)


def _served(found: Brought, span: Span | None, chunks: AsyncIterator[bytes]) -> Served:
    size, mime = found.media.size, found.media.mime.lower()
    start, end = span or Span(0, size)
    headers = {
        **_SAFE,
        "content-length": str(end - start),
        "content-disposition": disposition(found.filename),
        "etag": f'"{found.media.sha256.hex()}"',
    }
    if span:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    known = mime if _TYPE.fullmatch(mime) else "application/octet-stream"
    return Served(206 if span else 200, known, headers, _between(chunks, start, end))


def span_of(wanted: str, size: int) -> Span | None:
    """One range; what is no range of ours is passed over (RFC 9110, 14.2). Raise Problem range_unsatisfiable."""
    given = _RANGE.fullmatch(wanted.strip())
    if given is None or given[0] == "bytes=-":
        return None
    first, last = given[1], given[2]
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < start:
            return None
    if start >= end:
        raise errors.range_unsatisfiable(size)
    return Span(start, end)


def disposition(name: str) -> str:
    """To be saved, never shown: whatever it is called. In ASCII, and as it is (RFC 6266)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _opened(doors: Doors, found: Brought) -> AsyncIterator[bytes]:
    """With its first bytes read: what is wrong is known before the answer begins."""
    chunks = doors.blobs.get(found.media.name, found.media.key)
    first = await anext(chunks)

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    return all_of_it()


async def _between(chunks: AsyncIterator[bytes], start: int, end: int) -> AsyncIterator[bytes]:
    """Frames are opened from the first on: a file is at most as large as the limits allow."""
    at = 0
    async for chunk in chunks:
        piece = chunk[max(0, start - at) : max(0, end - at)]
        at += len(chunk)
        if piece:
            yield piece
        if at >= end:
            return
