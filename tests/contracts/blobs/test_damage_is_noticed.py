"""A blob that was cut, reordered or changed never comes out as less or other than what was put."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from messageapi.blobs.port import FRAME, BlobError

SEALED = FRAME + 16
Change = Callable[[bytes], bytes]
CHANGES: dict[str, Change] = {
    "emptied": lambda _: b"",
    "cut to its first byte": lambda sealed: sealed[:1],
    "cut in a frame": lambda sealed: sealed[:-1],
    "cut between frames": lambda sealed: sealed[: 1 + SEALED],
    "cut after two frames": lambda sealed: sealed[: 1 + 2 * SEALED],
    "without its first frame": lambda sealed: sealed[:1] + sealed[1 + SEALED :],
    "without its second frame": lambda sealed: sealed[: 1 + SEALED] + sealed[1 + 2 * SEALED :],
    "with frames swapped": lambda sealed: (
        sealed[:1] + sealed[1 + SEALED : 1 + 2 * SEALED] + sealed[1 : 1 + SEALED] + sealed[1 + 2 * SEALED :]
    ),
    "with a frame twice": lambda sealed: sealed[: 1 + SEALED] + sealed[1:],
    "longer": lambda sealed: sealed + b"x",
    "with its last frame twice": lambda sealed: sealed + sealed[1 + 2 * SEALED :],
    "of another version": lambda sealed: b"\x02" + sealed[1:],
    "one bit off at the start": lambda sealed: sealed[:1] + bytes([sealed[1] ^ 1]) + sealed[2:],
    "one bit off at the end": lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
}


async def taken(blobs: Any, name: str, key: bytes) -> bytes:
    return b"".join([chunk async for chunk in blobs.get(name, key)])


@pytest.mark.parametrize("change", CHANGES)
async def test_damage_is_noticed(blobs: Any, chunks: Any, behind: Any, change: str) -> None:
    stored = await blobs.put(chunks([os.urandom(2 * FRAME + 500)]))
    behind.write(stored.name, CHANGES[change](behind.read(stored.name)))
    with pytest.raises(BlobError, match="damaged"):
        await taken(blobs, stored.name, stored.key)
    with pytest.raises(BlobError, match="damaged"):
        blobs.read(stored.name, stored.key)


async def test_nothing_opens_with_the_key_of_another(blobs: Any, chunks: Any) -> None:
    one, two = await blobs.put(chunks([b"one"])), await blobs.put(chunks([b"two"]))
    with pytest.raises(BlobError, match="damaged"):
        await taken(blobs, one.name, two.key)


async def test_frames_of_two_blobs_do_not_mix(blobs: Any, chunks: Any, behind: Any) -> None:
    one, two = [await blobs.put(chunks([os.urandom(2 * FRAME)])) for _ in range(2)]
    behind.write(one.name, behind.read(one.name)[: 1 + SEALED] + behind.read(two.name)[1 + SEALED :])
    with pytest.raises(BlobError, match="damaged"):
        await taken(blobs, one.name, one.key)
