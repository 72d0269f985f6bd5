"""Endpoints from the command line, against a server that may post to this machine and receivers that listen on it."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what is posted to /take and refuses the rest."""

    got: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers.items()), body))
        self.send_response(200 if self.path == "/take" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def receiver() -> Iterator[http.server.ThreadingHTTPServer]:
    Receiver.got = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def served(cli: Any, tmp_path_factory: pytest.TempPathFactory, receiver: Any) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("served")
    ours = {
        "MESSAGEAPI_SANDBOX": "off",
        "MESSAGEAPI_ALLOWED_NETWORKS": "127.0.0.0/8",
        "MESSAGEAPI_FETCH_PORTS": f"443,{receiver.server_port}",
    }
    environment = cli.clean(folder / "data") | ours
    with cli.serving(environment, folder):
        yield cli.quick_runner(environment)


@pytest.fixture
def url(receiver: Any) -> str:
    return f"http://127.0.0.1:{receiver.server_port}"


def test_a_test_event_goes_through_a_whole_server_and_verifies(served: Any, url: str) -> None:
    made = served("webhook", "create", f"{url}/take", "--event", "message.received", "--json").document
    assert (made["events"], made["state"]) == (["message.received"], "enabled")
    said = served("webhook", "test", str(made["id"]), "--json")
    assert (said.code, said.document["status"], said.document["responseStatus"]) == (0, "delivered", 200)
    headers, body = Receiver.got[-1]
    assert Webhook(str(made["secret"])).verify(body, headers)["type"] == "webhook.test"
    assert json.loads(body)["id"] == said.document["eventId"]


def test_a_receiver_that_refuses_is_told_with_its_status(served: Any, url: str) -> None:
    made = served("webhook", "create", f"{url}/refuse", "--unsigned", "--json").document
    assert made["secret"] is None
    said = served("webhook", "test", str(made["id"]), "--json")
    assert (said.code, said.document["error"]["code"]) == (5, "test_failed")
    assert "refused, status 404" in said.document["error"]["message"]


def test_endpoints_are_listed_and_removed(served: Any, url: str) -> None:
    made = served("webhook", "create", f"{url}/take", "--description", "Shop").out
    webhook_id, secret = made.split()[-2:]
    assert secret.startswith("whsec_")
    listed = served("webhook", "list")
    assert webhook_id in listed.out
    assert secret not in listed.out
    assert served("webhook", "remove", webhook_id).code == 0
    assert webhook_id not in served("webhook", "list").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["https://10.0.0.1/hook"], "webhook_address_forbidden"),
        (["https://user:password@example.com/"], "webhook_url_invalid"),
        (["https://example.com/", "--event", "message.recieved"], "webhook_event_unknown"),
        (["https://example.com/", "--number", "nobody"], "number_not_found"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(served: Any, arguments: list[str], code: str) -> None:
    said = served("webhook", "create", *arguments, "--json")
    assert (said.code, said.document["error"]["code"]) == (5, code)
