"""What only the twin on a file system has to get right: permissions, a full disk, half-written files."""

import os
import resource
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from messageapi.blobs.folder import FolderBlobs
from messageapi.blobs.port import BlobError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 100,000 bytes: to whoever writes it is a full disk."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def modes(paths: list[Path]) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in paths}


async def test_files_are_their_owners_alone(folder: Path, chunks: Any) -> None:
    before = os.umask(0)
    await FolderBlobs(folder).put(chunks([b"x"]))
    os.umask(before)
    (file,) = files(folder)
    assert modes([folder, file.parent]) == {0o700}
    assert modes([file]) == {0o600}


@pytest.mark.usefixtures("small_disk")
async def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, chunks: Any) -> None:
    blobs = FolderBlobs(folder)
    with pytest.raises(BlobError, match="full") as caught:
        await blobs.put(chunks([bytes(200_000)]))
    assert not caught.value.permanent
    assert files(folder) == []
    assert (await blobs.put(chunks([bytes(50_000)]))).size == 50_000


async def test_what_a_crash_left_half_written_is_swept(folder: Path, chunks: Any) -> None:
    blobs = FolderBlobs(folder)
    kept = await blobs.put(chunks([b"kept"]))
    half = folder / "ab" / ("ab" * 16 + ".part")
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    old = [name async for name in blobs.names(2000)]
    assert old == [half.name]
    await blobs.drop(old)
    assert [path.name for path in files(folder)] == [kept.name]


async def test_what_is_not_ours_is_left_alone(folder: Path) -> None:
    stranger = folder / "ab" / "notes.txt"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("mine")
    assert [name async for name in FolderBlobs(folder).names(1 << 60)] == []


async def test_a_folder_that_cannot_be_written_is_said(chunks: Any) -> None:
    folder = Path(sys.executable)
    with pytest.raises(BlobError, match="unreachable"):
        await FolderBlobs(folder).put(chunks([b"x"]))


async def test_a_file_is_on_the_disk_before_anybody_is_told(
    folder: Path, chunks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def fsync(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"file of {os.fstat(handle).st_size}")

    monkeypatch.setattr(os, "fsync", fsync)
    await FolderBlobs(folder).put(chunks([bytes(1000)]))
    assert synced == ["file of 1017", "folder", "folder"]
