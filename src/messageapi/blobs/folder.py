"""The twin on a file system: sealed files of mode 0600 in folders of mode 0700, on the disk before anybody is told."""

import asyncio
import contextlib
import errno
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

from messageapi.blobs.port import BlobError, Stored
from messageapi.blobs.sealing import SEALED_FRAME, Opening, Sealing, not_found, opened

T = TypeVar("T")
_NAME = re.compile(r"[0-9a-f]{32}(?:\.part)?")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PORTION = SEALED_FRAME * 16


class FolderBlobs:
    """Spread over 256 folders by the first letters of their random names. File work is done in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, chunks: AsyncIterator[bytes]) -> Stored:
        sealing, name = Sealing(), secrets.token_hex(16)
        draft = self._place(f"{name}.part")
        try:
            file = await _thread(lambda: _create(draft))
            try:
                async for sealed in sealing.sealed(chunks):
                    await _thread(lambda sealed=sealed: file.write(sealed))  # type: ignore[misc]
                await _thread(lambda: _finish(file, draft, self._place(name)))
            finally:
                file.close()
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
        return sealing.stored(name)

    async def get(self, name: str, key: bytes) -> AsyncIterator[bytes]:
        opening = Opening(key)
        file = await _thread(lambda: self._place(name).open("rb"))
        with file:
            while sealed := await _thread(lambda: file.read(_PORTION)):
                for plain in opening.feed(sealed):
                    yield plain
        yield opening.end()

    def read(self, name: str, key: bytes) -> bytes:
        try:
            return opened(key, self._place(name).read_bytes())
        except OSError as problem:
            raise _understood(problem) from None

    async def drop(self, names: Sequence[str]) -> None:
        await _thread(lambda: self._unlink(names))

    async def names(self, older_than_ms: int) -> AsyncIterator[str]:
        for name in await _thread(lambda: list(self._old(older_than_ms / 1000))):
            yield name

    async def close(self) -> None:
        """Nothing is kept open."""

    def _unlink(self, names: Sequence[str]) -> None:
        for name in names:
            self._place(name).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        """Names come from sealed bodies and the database; still, none of them is ever a path."""
        if not _NAME.fullmatch(name):
            raise not_found()
        return self._folder / name[:2] / name

    def _old(self, before: float) -> Iterator[str]:
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            try:
                if _NAME.fullmatch(path.name) and path.stat().st_mtime < before:
                    yield path.name
            except FileNotFoundError:
                continue  # dropped meanwhile


def _create(path: Path) -> BinaryIO:
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _finish(file: BinaryIO, draft: Path, place: Path) -> None:
    """The name appears only when the content is on the disk, and the name itself is too when this returns."""
    file.flush()
    os.fsync(file.fileno())
    draft.rename(place)
    for folder in (place.parent, place.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def _thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as problem:
        raise _understood(problem) from None


def _understood(problem: OSError) -> BlobError:
    if isinstance(problem, FileNotFoundError):
        return not_found()
    if problem.errno in _FULL:
        return BlobError("full", "There is no space left for files.", permanent=False)
    return BlobError("unreachable", f"The folder of files cannot be used: {problem.strerror}.", permanent=False)
