"""On the wire: what a connection may send before it is a request, and that the server speaks of nothing it need not."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from messageapi.web.serving import HEAD_BYTES


def talk(url: str, *sent: bytes) -> bytes:
    """Everything the server answers before it closes the connection."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as connection:
        for each in sent:
            connection.sendall(each)
        heard = b""
        try:
            while chunk := connection.recv(65_536):
                heard += chunk
        except ConnectionResetError:  # it closed while we were still sending
            pass
    return heard


def answered(heard: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = heard.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * (HEAD_BYTES + 1) + b"\r\n\r\n",
        b"GET /" + b"a" * (HEAD_BYTES + 1) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: a\r\n" * 9_000 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nX-Endless: " + b"a" * 200_000,
    ],
)
def test_a_head_that_is_too_large_is_refused(served: Any, request_: bytes) -> None:
    heard = talk(served.url, request_)
    if heard:  # a reset may overtake the answer when the rest is still being sent
        status, body = answered(heard)
        assert (status, body["code"]) == (431, "headers_too_large")


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(served: Any, request_: bytes) -> None:
    status, body = answered(talk(served.url, request_))
    assert (status, body["code"]) == (400, "bad_request")


def test_what_follows_a_body_is_not_part_of_it(served: Any) -> None:
    head = f"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nX-API-Key: {served.key}\r\nContent-Type: application/json\r\n"
    heard = talk(served.url, head.encode() + b"Content-Length: 2\r\n\r\n{}smuggled\r\n\r\n")
    assert heard == b"" or heard.startswith(b"HTTP/1.1 422")  # cut off, or answered before the rest was read
    assert b"smuggled" not in heard


def test_a_body_shorter_than_its_length_is_waited_for_and_not_taken(served: Any) -> None:
    parts = urlsplit(served.url)
    head = f"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nX-API-Key: {served.key}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as connection:
        connection.sendall(head.encode() + b'Content-Length: 500\r\n\r\n{"to": "+4915123456789", "text": "half"}')
    listed = talk(
        served.url, f"GET /api/v1/messages HTTP/1.1\r\nX-API-Key: {served.key}\r\nConnection: close\r\n\r\n".encode()
    )
    assert b'"items":[]' in listed


def test_the_server_does_not_say_what_it_is_made_of(served: Any) -> None:
    heard = talk(served.url, b"GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n").lower()
    assert b"uvicorn" not in heard
    assert b"litestar" not in heard
    assert b"\r\nserver:" not in heard


@pytest.mark.parametrize("path", [b"/openapi.json", b"/nowhere", b"/%00", b"/send.php"])
def test_after_a_head_no_body_comes(served: Any, path: bytes) -> None:
    head = b"HEAD " + path + b" HTTP/1.1\r\nHost: x\r\n"
    heard = talk(served.url, head + b"\r\n" + head + b"Connection: close\r\n\r\n")
    first, second, rest = heard.split(b"\r\n\r\n")
    assert first.split()[:2] == second.split()[:2]
    assert b"content-length: " in first
    assert rest == b""


def test_a_websocket_is_answered_as_an_ordinary_request(served: Any) -> None:
    upgrade = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    assert answered(talk(served.url, upgrade))[0] == 404
