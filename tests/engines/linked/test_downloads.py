"""Files of received messages through the library: what it is asked for, and what its sentences mean."""

import threading
from typing import Any

import msgspec
import pytest

from messageapi.engines.linked.content.writing import AUDIO, DOCUMENT, IMAGE, VIDEO
from messageapi.engines.linked.files import downloads
from messageapi.engines.linked.files.downloads import download
from messageapi.engines.linked.library.native import GoneError, Place
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import EngineError
from messageapi.vocab.content import Media, Remote

REMOTE = Remote(kind="image", path="/v/t62/1.enc?ccb=1", key=b"k" * 32, enc_sha256=b"e" * 32)
FILE = Media(name="", key=b"", sha256=b"s" * 32, size=5, mime="image/png", remote=REMOTE)


class Library:
    """In place of a client: answers a download as the library does."""

    def __init__(self) -> None:
        self.asked: list[tuple[Place, int, str]] = []
        self.problem = ""

    def download(self, place: Place, kind: int, mms_type: str) -> bytes:
        self.asked.append((place, kind, mms_type))
        answer = wire.DownloadReturnFunction(Binary=b"plain", Error=self.problem)
        data: bytes = answer.SerializePartialToString()
        return data


@pytest.fixture
def library() -> Any:
    return Library()


async def refused(library: Any, media: Media = FILE) -> str:
    with pytest.raises(EngineError) as problem:
        await download(library, media)
    return problem.value.code


KINDS = {
    "image": (IMAGE, "image"),
    "sticker": (IMAGE, "image"),
    "video": (VIDEO, "video"),
    "audio": (AUDIO, "audio"),
    "document": (DOCUMENT, "document"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_has_its_own_keys_and_path(library: Any, kind: Any) -> None:
    media = msgspec.structs.replace(FILE, remote=msgspec.structs.replace(REMOTE, kind=kind))
    assert await download(library, media) == b"plain"
    assert library.asked == [(Place("/v/t62/1.enc?ccb=1", b"e" * 32, b"s" * 32, b"k" * 32, 5), *KINDS[kind])]


async def test_a_length_nobody_told_is_not_compared(library: Any) -> None:
    await download(library, msgspec.structs.replace(FILE, size=0))
    assert library.asked[0][0].length == -1


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("failed to download media from last host: download failed with status code 404", "media_gone"),
        ("download failed with status code 410", "media_gone"),
        ("download failed with status code 403", "media_gone"),
        ("failed to download media from last host: download failed with status code 503", "no_answer"),
        ("invalid media hmac", "media_damaged"),
        ("hash of media ciphertext doesn't match", "media_damaged"),
        ("file too short", "media_damaged"),
        ("failed to refresh media connections: websocket not connected", "no_answer"),
        ("something new", "no_answer"),
    ],
)
async def test_the_librarys_sentences_have_codes(library: Any, sentence: str, code: str) -> None:
    library.problem = sentence
    assert await refused(library) == code


@pytest.mark.parametrize("change", [{"key": b""}, {"key": b"short"}, {"path": "https://other.example/x"}, {"path": ""}])
async def test_what_the_library_cannot_fetch_is_not_asked_for(library: Any, change: Any) -> None:
    assert await refused(library, msgspec.structs.replace(FILE, remote=msgspec.structs.replace(REMOTE, **change))) == (
        "media_unsupported"
    )
    assert await refused(library, msgspec.structs.replace(FILE, remote=None)) == "media_unsupported"
    assert await refused(library, msgspec.structs.replace(FILE, size=1 << 31)) == "media_unsupported"
    assert not library.asked


async def test_a_download_that_hangs_is_given_up(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "download_s", lambda _: 0.01)
    hangs = threading.Event()
    library.download = lambda *_: hangs.wait(10)
    assert await refused(library) == "no_answer"
    hangs.set()


async def test_a_session_that_closed_meanwhile_is_not_connected(library: Any) -> None:
    def gone(*_: object) -> bytes:
        raise GoneError

    library.download = gone
    assert await refused(library) == "not_connected"
