"""Sealing of a stream: a version byte, then frames of AES-256-GCM under a key that seals this one stream only.

A frame's nonce is its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizar, 2015), so frames that were cut off, left out, swapped or changed do not open.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messageapi.blobs.port import FRAME, BlobError, Stored

VERSION = b"\x01"
KEY = 32
TAG = 16
SEALED_FRAME = FRAME + TAG
PORTION = 16
"""Frames that are handed on together: a write of a megabyte, not of 64 KiB."""


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Sealing:
    """Once `sealed` has ended, `stored` says what it was."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(KEY)
        self._cipher = AESGCM(self.key)
        self._hash = hashlib.sha256()
        self._size = 0
        self._number = 0

    async def sealed(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Chunks come in any size; sealed ones go out in portions of about a megabyte."""
        waiting = bytearray()
        yield VERSION
        async for chunk in chunks:
            self._hash.update(chunk)
            self._size += len(chunk)
            waiting += chunk
            if len(waiting) > FRAME * PORTION:
                yield b"".join(self._whole_frames(waiting))
        yield b"".join(self._whole_frames(waiting)) + self._frame(bytes(waiting), last=True)

    def stored(self, name: str) -> Stored:
        return Stored(name, self.key, self._hash.digest(), self._size)

    def _whole_frames(self, waiting: bytearray) -> Iterator[bytes]:
        """Leaves at least a byte behind, so that the last frame is known to be the last."""
        while len(waiting) > FRAME:
            yield self._frame(bytes(waiting[:FRAME]), last=False)
            del waiting[:FRAME]

    def _frame(self, plain: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, None)
        self._number += 1
        return sealed


class Opening:
    """Feed it what was stored, in pieces of any size; `end` gives the last frame or says that something is missing."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._waiting = bytearray()
        self._number = 0
        self._begun = False

    def feed(self, sealed: bytes) -> Iterator[bytes]:
        self._waiting += sealed
        if not self._begun:
            self._begin()
        while len(self._waiting) > SEALED_FRAME:
            frame = bytes(self._waiting[:SEALED_FRAME])
            del self._waiting[:SEALED_FRAME]
            yield self._open(frame, last=False)

    def end(self) -> bytes:
        return self._open(bytes(self._waiting), last=True)

    def _begin(self) -> None:
        if self._waiting[:1] not in (b"", VERSION):
            raise damaged()
        self._begun = bool(self._waiting)
        del self._waiting[:1]

    def _open(self, frame: bytes, *, last: bool) -> bytes:
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=last), frame, None)
        except (InvalidTag, ValueError):
            raise damaged() from None
        self._number += 1
        return plain


def opened(key: bytes, sealed: bytes) -> bytes:
    """All at once."""
    opening = Opening(key)
    return b"".join([*opening.feed(sealed), opening.end()])


def damaged() -> BlobError:
    return BlobError("damaged", "A stored file does not open: it was damaged or cut off.", permanent=True)


def not_found() -> BlobError:
    return BlobError("not_found", "A stored file is not there any more.", permanent=True)
