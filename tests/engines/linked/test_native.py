"""Nobody asks the library about a client that has been stopped: it would end the process."""

import threading
from typing import Any

import pytest

from messageapi.engines.linked.library.gate import Gate
from messageapi.engines.linked.library.native import Client, GoneError, Listener, Opening


class Calls:
    """In place of the native library."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.uploading, self.disconnected, self.stopped = (threading.Event() for _ in range(3))

    def Upload(self, *_arguments: Any) -> int:  # noqa: N802 - the library's name
        self.uploading.set()
        self.disconnected.wait(10)  # then it comes back, a little later
        self.stopped.wait(0.1)
        self.asked.append("Upload")
        return 0

    def MarkRead(self, *_arguments: Any) -> int:  # noqa: N802
        self.asked.append("MarkRead")
        return 0

    def Disconnect(self, _name: bytes) -> None:  # noqa: N802
        self.disconnected.set()

    def Stop(self, _name: bytes) -> None:  # noqa: N802
        self.asked.append("Stop")
        self.stopped.set()


class Library:
    def __init__(self) -> None:
        self.calls, self.gate = Calls(), Gate()

    def text(self, _pointer: int) -> str:
        return ""

    def bytes(self, _pointer: int) -> bytes:
        return b""


@pytest.fixture
def library() -> Any:
    return Library()


@pytest.fixture
def client(library: Any) -> Client:
    def nothing(*_: object) -> None:
        return None

    return Client(library, "c1", Opening("", b"", b"", b"", ""), Listener(nothing, nothing, nothing, nothing, nothing))


def test_a_stopped_client_is_not_asked_about(library: Any, client: Client) -> None:
    client.mark_read("A", 1, b"", b"")
    client.stop()
    with pytest.raises(GoneError):
        client.mark_read("A", 1, b"", b"")
    assert library.calls.asked == ["MarkRead", "Stop"]


def test_a_stop_waits_for_a_call_under_way(library: Any, client: Client) -> None:
    uploading = threading.Thread(target=client.upload, args=(b"", 0))
    uploading.start()
    assert library.calls.uploading.wait(10)
    client.stop()
    uploading.join(10)
    assert library.calls.asked == ["Upload", "Stop"]
