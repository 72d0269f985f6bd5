"""What is put comes back as it was, by its name and its key alone, and is gone when it was dropped."""

import hashlib
import os
import resource
from collections.abc import AsyncIterator
from typing import Any

import pytest

from messageapi.blobs.port import FRAME, BlobError
from messageapi.blobs.read import read_blob_sync
from messageapi.vocab.content import Media

SIZES = [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 16 * FRAME, 16 * FRAME + 1, 6_000_000]
NEVER = 253_402_300_799_000  # the end of the year 9999


async def whole(blobs: Any, stored: Any) -> bytes:
    return b"".join([chunk async for chunk in blobs.get(stored.name, stored.key)])


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_put_comes_back(blobs: Any, chunks: Any, size: int) -> None:
    plain = os.urandom(size)
    stored = await blobs.put(chunks([plain[:100], b"", plain[100:]]))
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(plain).digest())
    assert await whole(blobs, stored) == plain
    assert blobs.read(stored.name, stored.key) == plain


async def test_what_lies_there_is_sealed(blobs: Any, chunks: Any, behind: Any) -> None:
    canary = b"a very private word " * 10_000
    stored = await blobs.put(chunks([canary]))
    assert behind.names() == [stored.name]
    sealed = behind.read(stored.name)
    assert b"private" not in sealed
    assert stored.key not in sealed
    assert hashlib.sha256(canary).hexdigest() not in stored.name


async def test_the_same_file_twice_is_two_blobs(blobs: Any, chunks: Any) -> None:
    one, two = await blobs.put(chunks([b"x"])), await blobs.put(chunks([b"x"]))
    assert one.name != two.name
    assert one.key != two.key


@pytest.mark.slow
async def test_nothing_larger_than_a_few_megabytes_is_in_memory(blobs: Any, behind: Any) -> None:
    async def many() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield bytes(100_000)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stored = await blobs.put(many())
    size = 0
    async for chunk in blobs.get(stored.name, stored.key):
        size += len(chunk)
    assert size == stored.size == 100_000_000
    if not hasattr(behind, "create"):  # the S3 server is in this process too and keeps what it is given
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 30_000_000


async def test_what_is_dropped_is_gone(blobs: Any, chunks: Any, behind: Any) -> None:
    one, two = await blobs.put(chunks([b"one"])), await blobs.put(chunks([b"two"]))
    await blobs.drop([one.name])
    await blobs.drop([one.name, "0" * 32])
    assert behind.names() == [two.name]
    with pytest.raises(BlobError, match="not_found"):
        await whole(blobs, one)
    with pytest.raises(BlobError, match="not_found"):
        blobs.read(one.name, one.key)


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 31, "A" * 32, "0" * 32 + "/x"])
async def test_what_is_no_name_finds_nothing(blobs: Any, name: str) -> None:
    with pytest.raises(BlobError, match="not_found"):
        blobs.read(name, bytes(32))
    with pytest.raises(BlobError, match="not_found"):
        [chunk async for chunk in blobs.get(name, bytes(32))]


async def test_names_are_listed_by_age(blobs: Any, chunks: Any) -> None:
    stored = {(await blobs.put(chunks([b"x"]))).name for _ in range(3)}
    assert {name async for name in blobs.names(NEVER)} == stored
    assert [name async for name in blobs.names(0)] == []


async def test_a_place_where_nothing_was_ever_put_is_empty(blobs: Any) -> None:
    assert [name async for name in blobs.names(NEVER)] == []
    await blobs.drop(["0" * 32])


async def test_who_breaks_off_leaves_nothing(blobs: Any, behind: Any) -> None:
    class OwnError(Exception):
        pass

    async def failing() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield bytes(100_000)
        raise OwnError

    with pytest.raises(OwnError):
        await blobs.put(failing())
    assert behind.names() == []
    assert behind.unfinished() == 0


async def test_a_thread_reads_what_a_message_names(blobs: Any, chunks: Any) -> None:
    stored = await blobs.put(chunks([b"picture"]))
    media = Media(name=stored.name, key=stored.key, sha256=stored.sha256, size=stored.size, mime="image/png")
    assert read_blob_sync(blobs, media) == b"picture"
    with pytest.raises(BlobError, match="damaged"):
        read_blob_sync(blobs, Media(name=stored.name, key=stored.key, sha256=bytes(32), size=7, mime="image/png"))
