"""Take a file in while it comes: counted, recognised by its first bytes, sealed, and never whole in memory."""

from collections.abc import AsyncIterator, Callable

import msgspec

from messageapi.blobs.port import BlobError
from messageapi.errors import Problem
from messageapi.media import errors
from messageapi.media.file import File
from messageapi.media.filename import clean
from messageapi.media.sniff import HEAD, sniff
from messageapi.web.doors import Doors

Judge = Callable[[str, str], Problem | None]
"""Type found, type claimed -> what is wrong with that."""


class Told(msgspec.Struct, frozen=True):
    """What whoever sends a file says about it."""

    mime: str = ""
    filename: str = ""


class Intake:
    """Watches chunks go by and stops them as soon as something is wrong."""

    def __init__(self, told: Told, most: int, judge: Judge) -> None:
        self._told = told
        self._most = most
        self._judge = judge
        self._head = bytearray()
        self._size = 0
        self.mime = ""

    async def watched(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Nothing is handed on before the type is known to be one that is taken."""
        async for chunk in chunks:
            self._size += len(chunk)
            if self._size > self._most:
                raise errors.too_large(self._most)
            if self.mime:
                yield chunk
                continue
            self._head += chunk
            if len(self._head) >= HEAD:
                yield self._recognised()
        if not self._size:
            raise errors.empty()
        if not self.mime:
            yield self._recognised()

    def _recognised(self) -> bytes:
        claimed = self._told.mime.lower()
        self.mime = sniff(bytes(self._head[:HEAD]), claimed)
        if problem := self._judge(self.mime, claimed):
            raise problem
        return bytes(self._head)


async def take_in(doors: Doors, chunks: AsyncIterator[bytes], told: Told, most: int, judge: Judge) -> File:
    """The file is in the blob door, and no row knows of it yet. Raise Problem."""
    intake = Intake(told, most, judge)
    try:
        stored = await doors.blobs.put(intake.watched(chunks))
    except BlobError as failure:
        raise errors.unstored(failure) from None
    return File(stored, intake.mime, clean(told.filename))
