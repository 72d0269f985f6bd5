"""Files of received messages on their way into the blob door."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec

from messageapi.blobs.port import BlobError, Blobs, Stored
from messageapi.engines.contract import Session
from messageapi.engines.port import Downloaded, EngineError
from messageapi.vocab.content import Media

_AT_ONCE = 4
_LARGE = 8 << 20
"""An engine holds a file in memory some six times over: of larger ones than this only one is fetched at a time."""


class Downloads:
    """One a host."""

    def __init__(self, blobs: Blobs | None) -> None:
        self._blobs = blobs
        self._room, self._large = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(1)

    async def fetch(self, session: Session, media: Media) -> Downloaded:
        """Raise EngineError; then nothing was put."""
        if self._blobs is None:
            raise EngineError("media_unsupported", "This host was told of no place for files.", permanent=True)
        async with AsyncExitStack() as turn:
            if media.size > _LARGE:
                await turn.enter_async_context(self._large)
            await turn.enter_async_context(self._room)
            return Downloaded(await self._put(self._blobs, media, await session.download(media)))

    async def _put(self, blobs: Blobs, media: Media, plain: bytes) -> Media:
        try:
            stored = await blobs.put(_once(plain))
            if not _same(stored, media):
                await blobs.drop([stored.name])
                raise EngineError("media_damaged", "The file is not the one its message names.", permanent=True)
        except BlobError as problem:
            code = "storage_full" if problem.code == "full" else "no_answer"
            raise EngineError(code, "The file cannot be stored now.", permanent=False) from problem
        return msgspec.structs.replace(media, name=stored.name, key=stored.key, sha256=stored.sha256, size=stored.size)


def _same(stored: Stored, media: Media) -> bool:
    """Nobody may send more than they said: limits were judged by that. Less does not matter where the digest fits."""
    fits = not media.sha256 or hmac.compare_digest(stored.sha256, media.sha256)
    return fits and (not media.size or stored.size <= media.size)


async def _once(plain: bytes) -> AsyncIterator[bytes]:
    """In pieces: sealing a large file at once would hold up the host's other numbers."""
    piece = 1 << 20
    for start in range(0, len(plain), piece):
        yield plain[start : start + piece]
        await asyncio.sleep(0)
