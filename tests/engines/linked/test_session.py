"""One send through a session whose library is played: what is tried again, what is not, and what is remembered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from messageapi.engines.linked.heard.evidence import Proof
from messageapi.engines.linked.library.native import GoneError
from messageapi.engines.linked.library.protos import content, wire
from messageapi.engines.linked.session import LinkedSession
from messageapi.engines.port import EngineError, SendJob, Sent
from messageapi.errors import DoorError
from messageapi.vocab.content import Content, Image, Letter, Media, Poll, Text

FILE = Media(name="f", key=b"", sha256=b"s" * 32, size=1, mime="image/png")


class Library:
    """In place of a client. `answers` are the errors of the next sends, empty for none."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.sent: list[Any] = []
        self.uploads = 0

    def send(self, _chat: bytes, message: bytes) -> bytes:
        self.sent.append(content.Message.FromString(message))
        error = self.answers.pop(0) if self.answers else ""
        response = wire.SendResponse(ID=f"3EB0{len(self.sent)}")
        data: bytes = wire.SendMessageReturnFunction(Error=error, SendResponse=response).SerializePartialToString()
        return data

    def upload(self, data: bytes, _kind: int) -> bytes:
        self.uploads += 1
        found = wire.UploadResponse(url="u", DirectPath="d", Handle="", MediaKey=b"k", FileEncSHA256=b"e")
        found.FileSHA256, found.FileLength = FILE.sha256, len(data)
        answer: bytes = wire.UploadReturnFunction(UploadResponse=found).SerializePartialToString()
        return answer


@pytest.fixture
def library() -> Any:
    return Library()


Send = Callable[[Content], Sent]


@pytest.fixture
def send(library: Any, tmp_path: Path) -> Send:
    def fetch(media: Media) -> bytes:
        if media.name == "gone":
            raise DoorError("not_found", "It is gone.", permanent=True)
        return b"x"

    session = LinkedSession(tmp_path, lambda _: None, Proof(), fetch)
    session.use(library)
    return lambda what: session.send(SendJob("m1", 1, "7@lid", Letter(content=what)), lambda _: None)


def test_a_rejected_form_is_sent_once_more(library: Any, send: Send) -> None:
    library.answers = ["server returned error 479"]
    assert send(Text("hi")).wa_id == "3EB02"
    assert [message.conversation for message in library.sent] == ["hi", "hi"]


@pytest.mark.parametrize(("answer", "times"), [("479", 2), ("463", 1), ("503", 1)])
def test_nothing_is_sent_for_ever(library: Any, send: Send, answer: str, times: int) -> None:
    library.answers = [f"server returned error {answer}"] * 9
    with pytest.raises(EngineError):
        send(Text("hi"))
    assert len(library.sent) == times


def test_a_file_that_went_up_is_used_again_unless_its_message_was_refused(library: Any, send: Send) -> None:
    for _ in range(2):
        send(Image(media=FILE))
    assert library.uploads == 1
    library.answers = ["server returned error 499"]
    with pytest.raises(EngineError):
        send(Image(media=FILE))
    send(Image(media=FILE))
    assert library.uploads == 2


def test_without_its_file_a_message_does_not_leave(library: Any, send: Send) -> None:
    with pytest.raises(EngineError) as problem:
        send(Image(media=Media(name="gone", key=b"", sha256=b"", size=1, mime="")))
    assert (problem.value.code, problem.value.left) == ("media_gone", False)
    assert library.sent == []


def test_what_cannot_be_put_into_a_message_does_not_leave(library: Any, send: Send) -> None:
    """A lone half of a character: UTF-8 has no form for it."""
    for what in (Text("\ud800"), Poll(question="?", options=["\ud800"])):
        with pytest.raises(EngineError) as problem:
            send(what)
        assert (problem.value.code, problem.value.permanent, problem.value.left) == ("bad_content", True, False)
    assert library.sent == []


def test_a_session_that_stops_meanwhile_sends_nothing(library: Any, send: Send) -> None:
    def gone(_chat: bytes, _message: bytes) -> bytes:
        raise GoneError

    library.send = gone
    with pytest.raises(EngineError) as problem:
        send(Text("hi"))
    assert (problem.value.code, problem.value.permanent, problem.value.left) == ("not_connected", False, False)
