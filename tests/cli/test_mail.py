"""Trying the settings for mail from the command line."""

import asyncio
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message


class Keeping(Message):
    """Keeps what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[Any] = []
        self.arrived = threading.Event()

    def handle_message(self, message: Any) -> None:
        self.came.append(message)
        self.arrived.set()


@pytest.fixture
def server() -> Iterator[tuple[Keeping, int]]:
    """A mail server in a thread of its own: the command runs a loop of its own."""
    handler, up, port = Keeping(), threading.Event(), []
    loop = asyncio.new_event_loop()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        controller = Controller(handler)
        opened = loop.run_until_complete(loop.create_server(controller.factory, "127.0.0.1", 0))
        port.append(opened.sockets[0].getsockname()[1])
        up.set()
        loop.run_forever()
        opened.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert up.wait(10)
    yield handler, port[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_it_says_that_the_server_took_it(run: Any, server: tuple[Keeping, int]) -> None:
    handler, port = server
    where = {"MESSAGEAPI_MAIL_URL": f"smtp://127.0.0.1:{port}?starttls=off", "MESSAGEAPI_MAIL_FROM": "m@example.com"}
    said = run("mail", "test", "maya@example.com", **where)
    assert (said.code, said.out.strip()) == (0, "The mail server took the email to maya@example.com.")
    assert [message["To"] for message in handler.came] == ["maya@example.com"]


def test_without_a_server_it_says_where_the_file_lies(run: Any, data: Path) -> None:
    assert run("mail", "test", "maya@example.com", "--json").document == {"sent": True, "folder": str(data / "mail")}
    assert len(list((data / "mail").glob("*.eml"))) == 1


@pytest.mark.parametrize(
    ("url", "origin", "code", "exit_code"),
    [
        ("smtp://127.0.0.1:1?starttls=off", "m@example.com", "unreachable", 4),
        ("smtp://127.0.0.1:1", "", "bad_address", 2),
        ("ftp://mail.example", "m@example.com", "bad_url", 2),
    ],
)
def test_what_is_wrong_is_said(run: Any, url: str, origin: str, code: str, exit_code: int) -> None:
    where = {"MESSAGEAPI_MAIL_URL": url, "MESSAGEAPI_MAIL_FROM": origin}
    said = run("mail", "test", "maya@example.com", "--json", **where)
    assert (said.document["error"]["code"], said.code) == (code, exit_code)


def test_an_address_that_is_none_is_refused(run: Any) -> None:
    assert run("mail", "test", "nobody").code == 2


def test_the_doctor_looks_at_it_too(run: Any) -> None:
    checks = {one["check"]: one for one in run("doctor", "--json").document["checks"]}
    assert checks["mail"]["ok"]
    broken = run("doctor", "--json", MESSAGEAPI_MAIL_URL="smtp://user:hunter2@mail.example?starttls=off")
    (found,) = [one for one in broken.document["checks"] if one["check"] == "mail"]
    assert not found["ok"]
    assert "hunter2" not in broken.out


@pytest.mark.slow
def test_who_signs_up_gets_an_email_whose_link_leads_back(
    cli: Any, environment: dict[str, str], tmp_path: Path, server: tuple[Keeping, int]
) -> None:
    """The whole way: the form, the queue, a mail server, the link, the page behind it."""
    handler, port = server
    ours = {
        "MESSAGEAPI_SANDBOX": "off",
        "MESSAGEAPI_SIGN_UP": "open",
        "MESSAGEAPI_MAIL_URL": f"smtp://127.0.0.1:{port}?starttls=off",
        "MESSAGEAPI_MAIL_FROM": "MessageAPI <noreply@example.com>",
    }
    maya = {"name": "Maya", "email": "maya@example.com", "password": "three random words"}
    with (
        cli.serving(environment | ours, tmp_path) as announced,
        httpx.Client(base_url=str(announced["address"]), headers={"Sec-Fetch-Site": "same-origin"}) as browser,
    ):
        token = re.findall(r'name="csrf" value="([^"]+)"', browser.get("/sign-up").text)[0]
        assert "maya@example.com" in browser.post("/sign-up", data={**maya, "csrf": token}).text
        assert handler.arrived.wait(20)
        (email,) = handler.came
        assert (email["To"], email["Subject"]) == ("Maya <maya@example.com>", "Confirm your email address")
        text = email.get_payload(0).get_payload(decode=True).decode()
        (link,) = re.findall(rf"{re.escape(str(announced['address']))}/\S+", text)
        assert browser.get(link).status_code == 200
