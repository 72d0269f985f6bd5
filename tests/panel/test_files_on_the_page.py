"""A message with a file, written on the page; and the calls beside it, run as they stand there."""

import html
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from messageapi.errors import Problem
from messageapi.messages import find
from messageapi.panel.gate import multipart
from messageapi.panel.pages.messages import compose
from messageapi.panel.pages.messages.samples import MEDIA, calls

TO = "+4915222222222"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NAME = 'It\'s an "invoice" \N{GRINNING FACE}.pdf'
UPLOADED = "med_06h0712t4jrtvjwksq8pqt62vh"


@pytest.fixture(autouse=True)
async def number(ada: Any, linked: Any) -> None:
    await linked(ada.caller)


async def _send(somebody: Any, fields: dict[str, str], file: tuple[str, bytes, str] | None = None) -> Any:
    page = (await somebody.get("/messages/new")).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    files = {"file": file or ("", b"", "application/octet-stream")}  # as browsers send a field that was left empty
    given, headers = {"csrf": token, "to": TO, **fields}, {"sec-fetch-site": "same-origin"}
    return await somebody.client.post("/messages", data=given, files=files, headers=headers)


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


async def test_a_document_goes_with_its_caption(ada: Any, doors: Any) -> None:
    answer = await _send(ada, {"text": "Your invoice"}, ("invoice.pdf", PDF, "application/pdf"))
    assert answer.status_code == 303, answer.text
    message = await find.one(doors, ada.caller, answer.headers["location"].rpartition("/")[2])
    assert (message.type, message.phone) == ("document", TO)


async def test_a_file_field_that_was_left_empty_makes_a_text(ada: Any, doors: Any) -> None:
    answer = await _send(ada, {"text": "Hello"})
    assert (await find.one(doors, ada.caller, answer.headers["location"].rpartition("/")[2])).type == "text"


async def test_a_refused_message_keeps_its_file(ada: Any, doors: Any) -> None:
    refused = await _send(ada, {"to": "nobody"}, ("invoice.pdf", PDF, "application/pdf"))
    assert refused.status_code == 422
    assert "invoice.pdf is uploaded already" in refused.text
    kept = {name: _hidden(refused.text, name) for name in ("media_id", "file_name", "mime")}
    assert kept["media_id"].startswith("med_")
    assert (await _send(ada, kept)).status_code == 303


async def test_a_file_of_another_account_is_not_there(ada: Any, nora: Any, linked: Any) -> None:
    refused = await _send(ada, {"to": "nobody"}, ("invoice.pdf", PDF, "application/pdf"))
    await linked(nora.caller, phone="+4915112345679")
    media = _hidden(refused.text, "media_id")
    assert (await _send(nora, {"media_id": media, "file_name": "x.pdf"})).status_code == 404


async def test_what_is_too_large_or_cannot_be_so_is_said_on_the_page(ada: Any, monkeypatch: Any) -> None:
    wordy = await _send(ada, {"kind": "voice", "text": "Listen"}, ("a.pdf", PDF, "application/pdf"))
    assert (wordy.status_code, "No words stand below a sound" in wordy.text) == (422, True)
    unknown = await _send(ada, {"kind": "hologram"}, ("a.pdf", PDF, "application/pdf"))
    assert (unknown.status_code, 'role="alert"' in unknown.text) == (422, True)
    monkeypatch.setattr(compose, "LARGEST_FILE", len(PDF) - 1)
    large = await _send(ada, {}, ("a.pdf", PDF, "application/pdf"))
    assert (large.status_code, "up to 16 MB" in large.text) == (413, True)


async def test_a_body_beyond_the_routes_limit_is_refused_before_it_is_read(ada: Any) -> None:
    await ada.get("/messages/new")
    most = compose.LARGEST_FILE + 2_000_000
    headers = {"sec-fetch-site": "same-origin", "content-length": str(most), "content-type": "multipart/form-data"}
    assert (await ada.client.post("/messages", content=b"", headers=headers)).status_code == 413


async def test_a_stranger_sends_no_large_form(stranger: Any) -> None:
    await stranger.get("/login")
    headers = {"sec-fetch-site": "same-origin", "content-length": "2000000", "content-type": "multipart/form-data"}
    assert (await stranger.client.post("/login", content=b"", headers=headers)).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", b"--y--\r\n", b"\xff" * 50],
)
def test_a_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data"):
        with pytest.raises(Problem) as refused:
            multipart.read(body, kind)
        assert refused.value.code == "form_malformed"


@pytest.mark.parametrize(
    ("file", "kind"), [("a.png", "image"), ("a.mp4", "video"), ("a.mp3", "audio"), ("a.xyz", "document")]
)
async def test_the_call_beside_the_form_sends_the_file_as_what_it_is(ada: Any, file: str, kind: str) -> None:
    piece = await ada.send("/messages/code", {"to": TO, "file_name": file}, on="/messages/new")
    assert f'"type": "{kind}"' in html.unescape(piece.text)
    assert "/api/v1/media" in piece.text


class _Server(http.server.ThreadingHTTPServer):
    """Takes uploads and messages, and remembers them."""

    got: dict[str, bytes]


class _Taking(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got[self.path] = body
        if self.path.endswith("/media"):
            sent = multipart.read(body, self.headers["content-type"]).files["file"]
            self.server.got["file"], self.server.got["name"] = sent.data, sent.name.encode()
        answer = json.dumps({"id": UPLOADED}).encode()
        self.send_response(201)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing: it is a test."""


@pytest.fixture
def taking() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Taking)
    server.got = {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


RUN = {
    "curl": ["bash", "-c"],
    "python": [sys.executable, "-c"],
    "node": ["node", "--input-type=module", "-e"],
    "php": ["php", "-d", "display_errors=stderr", "-r"],
}


@pytest.mark.parametrize("tag", RUN)
def test_the_calls_beside_the_form_send_the_file_and_the_very_text(tag: str, taking: _Server, tmp_path: Path) -> None:
    if shutil.which(RUN[tag][0]) is None:
        pytest.skip(f"{tag} is not installed")
    if tag == "php" and "curl" not in subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("PHP has no curl: apt-get install php-curl")
    (tmp_path / NAME).write_bytes(PDF)
    body: dict[str, object] = {"type": "document", "to": TO, "mediaId": MEDIA, "caption": 'It\'s "so" \\ $HOME `x`'}
    host, port = taking.server_address[:2]
    sample = next(each.text for each in calls(f"http://{host!s}:{port}", "KEY", body, NAME) if each.tag == tag)
    subprocess.run([*RUN[tag], sample], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert taking.got["file"] == PDF
    assert json.loads(taking.got["/api/v1/messages"]) == body | {"mediaId": UPLOADED}
