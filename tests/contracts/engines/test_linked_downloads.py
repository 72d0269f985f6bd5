"""Files through the real library: fetched from the media server, decrypted, checked, and sealed into the blob door."""

import hashlib
import json
from typing import Any

import msgspec
import pytest

from messageapi.blobs.folder import FolderBlobs
from messageapi.engines.port import Answer, Download, Downloaded, Refused
from messageapi.sandbox.server.mediastore import MediaStore
from messageapi.sandbox.signal.media import seal
from messageapi.vocab.content import Media, Remote

PLAIN = bytes(range(256)) * 700


@pytest.fixture
def store(linked: Any) -> MediaStore:
    return MediaStore(linked.sandbox / "media")


def put(store: MediaStore, kind: Any = "image", plain: bytes = PLAIN) -> Media:
    """As a phone does before it sends the message."""
    key, file = seal(kind, plain)
    remote = Remote(kind=kind, path=store.put(file), key=key, enc_sha256=hashlib.sha256(file).digest())
    return Media(name="", key=b"", sha256=hashlib.sha256(plain).digest(), size=len(plain), mime="a/b", remote=remote)


async def fetched(linked: Any, media: Media) -> Answer:
    answer: Answer = await linked.worker.tell("h1", Download(linked.spec.number_id, linked.spec.epoch, media))
    return answer


def changed(media: Media, **remote: Any) -> Media:
    assert media.remote
    return msgspec.structs.replace(media, remote=msgspec.structs.replace(media.remote, **remote))


@pytest.mark.parametrize("kind", ["image", "video", "audio", "document", "sticker"])
async def test_a_file_of_every_kind_is_fetched_whole(linked: Any, store: MediaStore, kind: str) -> None:
    await linked.open()
    answer = await fetched(linked, put(store, kind))
    assert isinstance(answer, Downloaded), answer
    blobs = FolderBlobs(linked.folder / "blobs")
    assert b"".join([chunk async for chunk in blobs.get(answer.media.name, answer.media.key)]) == PLAIN


async def test_what_cannot_be_had_is_told_apart(linked: Any, store: MediaStore) -> None:
    """And nothing of it is left in the blob door."""
    await linked.open()
    good = put(store)
    assert good.remote
    gone = changed(good, path="/v/sandbox/" + "0" * 64 + ".enc?ccb=1")
    other_key = changed(good, key=bytes(32))
    other_file = changed(good, enc_sha256=bytes(32))
    wrong = {
        "media_gone": [gone],
        "media_damaged": [
            other_key,
            other_file,
            msgspec.structs.replace(good, sha256=bytes(32)),
            msgspec.structs.replace(good, size=good.size - 1),
        ],
        "media_unsupported": [changed(good, key=b""), changed(good, path="https://elsewhere.example/f?x")],
    }
    for code, cases in wrong.items():
        for media in cases:
            answer = await fetched(linked, media)
            assert isinstance(answer, Refused), answer
            assert answer.code == code, answer
    assert not [path for path in (linked.folder / "blobs").rglob("*") if path.is_file()]
    assert not [line for line in linked.said["h1"].read_text().splitlines() if json.loads(line)["level"] == "error"]
