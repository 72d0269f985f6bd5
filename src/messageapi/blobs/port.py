"""What every twin of the blob door can do."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec

from messageapi.errors import DoorError

FRAME = 65_536
"""Bytes are sealed in frames of this many."""


class BlobError(DoorError):
    """Codes: not_found, damaged, full, unreachable, bad_url. Says nothing of the content."""


class Stored(msgspec.Struct, frozen=True):
    """What was put. `name` finds it, `key` (32 bytes) opens it; `sha256` and `size` are of the plain bytes."""

    name: str
    key: bytes
    sha256: bytes
    size: int


class Blobs(Protocol):
    """Errors are BlobError. What a chunk iterator itself raises passes through, and nothing is left behind."""

    async def put(self, chunks: AsyncIterator[bytes]) -> Stored:
        """Seal with a fresh key while the chunks come. When this returns, the blob is on the disk."""
        ...

    def get(self, name: str, key: bytes) -> AsyncIterator[bytes]:
        """Plain chunks of up to FRAME bytes. A damaged blob ends in BlobError(damaged), never in less than all."""
        ...

    def read(self, name: str, key: bytes) -> bytes:
        """All of it at once, blocking: for threads."""
        ...

    async def drop(self, names: Sequence[str]) -> None:
        """Delete. Names of what is gone already are no error."""
        ...

    def names(self, older_than_ms: int) -> AsyncIterator[str]:
        """What was last written before this time (milliseconds since 1970), unfinished uploads included."""
        ...

    async def close(self) -> None: ...
