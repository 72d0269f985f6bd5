"""Files go from the blob door to WhatsApp once, and whatever fails there has left nothing behind."""

import threading
from typing import Any

import pytest

from messageapi.engines.linked.content.writing import AUDIO, IMAGE
from messageapi.engines.linked.files.uploads import Uploads
from messageapi.engines.linked.library.native import GoneError
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import EngineError
from messageapi.errors import DoorError
from messageapi.vocab.content import Media

FILE = Media(name="f1", key=bytes(32), sha256=b"s" * 32, size=5, mime="image/png")


class Library:
    """In place of a client: answers an upload as the library does."""

    def __init__(self) -> None:
        self.uploaded: list[tuple[bytes, int]] = []
        self.problem = ""
        self.sha256 = FILE.sha256

    def upload(self, data: bytes, kind: int) -> bytes:
        self.uploaded.append((data, kind))
        found = wire.UploadResponse(
            url="https://there", DirectPath="/d", Handle="", MediaKey=b"k", FileEncSHA256=b"e", FileLength=len(data)
        )
        found.FileSHA256 = self.sha256
        answer: bytes = wire.UploadReturnFunction(UploadResponse=found, Error=self.problem).SerializePartialToString()
        return answer


@pytest.fixture
def library() -> Any:
    return Library()


@pytest.fixture
def uploads() -> Uploads:
    return Uploads(lambda media: f"<{media.name}>".encode())


def refused(uploads: Uploads, library: Any) -> EngineError:
    with pytest.raises(EngineError) as problem:
        uploads.put(library, FILE, IMAGE)
    assert not problem.value.left
    return problem.value


def test_a_file_is_uploaded_as_it_lies_in_the_door(uploads: Uploads, library: Any) -> None:
    uploaded = uploads.put(library, FILE, IMAGE)
    assert library.uploaded == [(b"<f1>", IMAGE)]
    assert (uploaded.url, uploaded.direct_path, uploaded.media_key) == ("https://there", "/d", b"k")
    assert (uploaded.sha256, uploaded.enc_sha256, uploaded.length) == (FILE.sha256, b"e", 4)


def test_the_same_file_for_another_recipient_goes_up_once(uploads: Uploads, library: Any) -> None:
    assert uploads.put(library, FILE, IMAGE) == uploads.put(library, FILE, IMAGE)
    uploads.put(library, FILE, AUDIO)
    assert [kind for _, kind in library.uploaded] == [IMAGE, AUDIO]


def test_a_file_in_doubt_goes_up_again(uploads: Uploads, library: Any) -> None:
    uploads.put(library, FILE, IMAGE)
    uploads.forget(FILE)
    uploads.put(library, FILE, IMAGE)
    assert len(library.uploaded) == 2


def test_only_some_files_are_remembered(uploads: Uploads, library: Any) -> None:
    for number in range(100):
        library.sha256 = bytes([number]) * 32
        uploads.put(library, Media(name="f", key=b"", sha256=library.sha256, size=1, mime=""), IMAGE)
    assert len(uploads._known) == 64


def test_what_failed_is_not_remembered(uploads: Uploads, library: Any) -> None:
    library.problem = "upload failed with status code 503"
    assert refused(uploads, library).code == "media_not_uploaded"
    library.problem = ""
    uploads.put(library, FILE, IMAGE)


def test_other_bytes_than_were_stored_are_never_sent(uploads: Uploads, library: Any) -> None:
    library.sha256 = b"x" * 32
    problem = refused(uploads, library)
    assert (problem.code, problem.permanent) == ("media_gone", True)


@pytest.mark.parametrize(("permanent", "code"), [(True, "media_gone"), (False, "media_unreadable")])
def test_a_file_that_cannot_be_read_says_whether_it_ever_will(permanent: bool, code: str, library: Any) -> None:
    def fetch(_media: Media) -> bytes:
        raise DoorError("not_found", "It is gone.", permanent=permanent)

    problem = refused(Uploads(fetch), library)
    assert (problem.code, problem.permanent) == (code, permanent)
    assert library.uploaded == []


def test_a_session_that_closes_meanwhile_sends_nothing(uploads: Uploads, library: Any) -> None:
    def gone(_data: bytes, _kind: int) -> bytes:
        raise GoneError

    library.upload = gone
    assert refused(uploads, library).code == "not_connected"


def test_an_upload_that_hangs_ends_at_its_deadline(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messageapi.engines.linked.files.uploads.upload_s", lambda _size: 0.05)
    over = threading.Event()
    hanging = Uploads(lambda _media: b"x" if over.wait() else b"")
    assert refused(hanging, library).code == "media_not_uploaded"
    over.set()
