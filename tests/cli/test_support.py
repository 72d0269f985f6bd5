"""Questions from the command line, against a running server that keeps its emails as files."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messageapi.mail.folder import FolderMail
from messageapi.mail.port import Email
from messageapi.settings import Settings
from messageapi.support.answer import close
from messageapi.support.ask import ask
from messageapi.support.request import Question
from messageapi.wiring import open_runtime

MAYA = Question(name="Maya", email="maya@example.com", subject="[red]Linking[/red]", text="How do I link a number?")


JONAS = msgspec.structs.replace(MAYA, name="Jonas", email="jonas@example.com")
NORA = msgspec.structs.replace(MAYA, name="Nora", email="nora@example.com")


async def asked(data: Path) -> str:
    """The id of Maya's question. Those of Jonas are closed; that of Nora, between them, is left open."""
    async with open_runtime(Settings(data=str(data))) as runtime:
        await close(runtime.doors, await ask(runtime.doors, JONAS, seen_from="192.0.2.2"))
        await ask(runtime.doors, NORA, seen_from="192.0.2.3")
        await close(runtime.doors, await ask(runtime.doors, JONAS, seen_from="192.0.2.2"))
        return await ask(runtime.doors, MAYA, seen_from="192.0.2.1")


@pytest.fixture(scope="module")
def served(cli: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path, str]]:
    """Commands, the data folder, and the id of Maya's question, asked before the server started."""
    folder = tmp_path_factory.mktemp("served")
    environment = cli.clean(folder / "data") | {"MESSAGEAPI_SANDBOX": "off"}
    request_id = asyncio.run(asked(folder / "data"))
    with cli.serving(environment, folder):
        yield cli.quick_runner(environment), folder / "data", request_id


def email_to(data: Path, address: str, words: str) -> Email:
    mail, until = FolderMail(data / "mail"), time.monotonic() + 20
    while time.monotonic() < until:
        for email in asyncio.run(mail.newest(50)) or []:
            if email.to == address and words in email.text:
                return email
        time.sleep(0.05)
    raise AssertionError("no email came")


def test_a_question_is_listed_shown_and_answered_by_mail(served: Any) -> None:
    run, data, request_id = served
    assert request_id in [one["id"] for one in run("support", "list", "--json").document["items"]]
    shown = run("support", "show", request_id).out
    assert "How do I link a number?" in shown
    assert "[red]Linking[/red]" in shown, "what people wrote is not markup"
    said = run("support", "answer", request_id, given="Scan the QR code.\n")
    assert (said.code, said.out.strip()) == (0, "The answer to maya@example.com is on its way.")
    assert email_to(data, "maya@example.com", "Scan the QR code.")
    assert "Scan the QR code." in run("support", "show", request_id).out
    assert run("support", "close", request_id, "--json").document["state"] == "closed"
    assert run("support", "list", "--state", "answered").out.strip() == "No answered question."


def test_a_list_longer_than_a_page_is_shown_whole(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messageapi.cli.client.LARGEST_PAGE", "1")
    listed = served[0]("support", "list", "--json").document["items"]
    assert sorted(one["email"] for one in listed) == [JONAS.email, JONAS.email, MAYA.email, NORA.email]
    closed = served[0]("support", "list", "--state", "closed", "--json").document["items"]
    assert [one["email"] for one in closed if one["email"] != MAYA.email] == [JONAS.email, JONAS.email]


def test_emails_are_for_the_owner_of_the_folder_alone(served: Any) -> None:
    run, data, request_id = served
    run("support", "answer", request_id, "--text", "Once more.")
    email_to(data, "maya@example.com", "Once more.")
    assert (data / "mail").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (data / "mail").iterdir())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("answer", "sup_x", "--text", "Hi"), "support_request_not_found"),
        (("show", "../accounts"), "route_unknown"),
        (("answer", "sup_x"), "usage"),
        (("list", "--state", "lost"), "parameter_invalid"),
    ],
)
def test_what_cannot_be_is_said(served: Any, arguments: tuple[str, ...], code: str) -> None:
    said = served[0]("support", *arguments, "--json")
    assert said.code != 0
    assert said.document["error"]["code"] == code
