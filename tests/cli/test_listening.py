"""Events on the command line: shown, forwarded and signed, and made to happen by virtual phones."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what is posted, and refuses pictures."""

    got: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers.items()), body))
        self.send_response(500 if b'"image"' in body else 200)
        self.end_headers()
        self.wfile.write(b"thank you")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.got = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()


@contextmanager
def listening(shop: Any, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Yields when it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "messageapi.cli", "listen", *arguments],
        env=shop.environment | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stderr
    lines: list[str] = []
    while not lines or words not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    return lines


def test_what_is_triggered_is_shown_forwarded_and_verifies(sandbox_server: Any, receiver: str) -> None:
    first = sandbox_server.run("trigger", "message.received", "--text", "before", "--json")
    assert first.code == 0, first
    with listening(sandbox_server, "--forward", receiver, "--types", "message.received", "--count", "2") as process:
        said = until(process, "Listening")
        secret = next(word for line in said for word in line.split() if word.startswith("whsec_"))
        until(process, "Connected.")
        assert sandbox_server.run("trigger", "message.received", "--text", "Is it open?").code == 0
        assert sandbox_server.run("trigger", "message.received", "--type", "image", "--text", "Look").code == 0
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
    assert "message.received" in out
    assert "Is it open?" in out
    assert "200" in out
    assert "thank you" in out
    headers, body = Receiver.got[0]
    assert Webhook(secret).verify(body, headers)["data"]["text"] == "Is it open?"
    assert json.loads(Receiver.got[1][1])["data"]["type"] == "image"


def test_a_program_reads_events_as_lines_of_json_and_may_have_its_own_secret(
    sandbox_server: Any, receiver: str
) -> None:
    secret = "whsec_" + "QUFB" * 10
    arguments = ("--json", "--count", "1", "--types", "message.*", "--after", "oldest", "--forward", receiver)
    sandbox_server.run("trigger", "message.received")
    with listening(sandbox_server, *arguments, WEBHOOK_SECRET=secret) as process:
        out, err = process.communicate(timeout=60)
    event = json.loads(out)
    assert event["type"].startswith("message.")
    assert event["forwarded"]["status"] == 200
    assert secret not in out + err
    headers, body = Receiver.got[0]
    assert Webhook(secret).verify(body, headers)["id"] == event["id"]


@pytest.mark.parametrize(
    ("name", "happens"), [("message.read", "message.read"), ("message.delivered", "message.delivered")]
)
def test_a_trigger_makes_it_happen(sandbox_server: Any, name: str, happens: str) -> None:
    with listening(sandbox_server, "--json", "--count", "1", "--types", happens) as process:
        until(process, "Connected.")
        said = sandbox_server.run("trigger", name, "--json")
        assert said.code == 0, said
        out, _ = process.communicate(timeout=60)
    assert json.loads(out)["data"]["messageId"] == said.document["id"]


def test_what_can_be_triggered_is_listed(sandbox_server: Any) -> None:
    items = sandbox_server.run("trigger", "--list", "--json").document["items"]
    assert "message.received" in [one["event"] for one in items]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["trigger"], 2, "--list"),
        (["trigger", "message.recieved"], 2, "--list"),
        (["trigger", "message.received", "--type", "hologram"], 2, "hologram"),
        (["listen", "--types", "message.recieved"], 5, "message.received"),
        (["listen", "--number", "nobody"], 5, "nobody"),
        (["listen", "--after", "nowhere"], 5, "cursor"),
        (["listen", "--forward", "localhost"], 2, "http://localhost:3000/hook"),
        (["listen", "--forward", "http://["], 2, "http://localhost:3000/hook"),
        (["listen", "--server", "http://127.0.0.1:9"], 4, "messageapi serve"),
    ],
)
def test_what_cannot_be_meant_is_said(sandbox_server: Any, arguments: list[str], code: int, words: str) -> None:
    said = sandbox_server.run(*arguments, MESSAGEAPI_API_KEY=sandbox_server.announced["key"])
    assert (said.code, words in said.err) == (code, True), said
