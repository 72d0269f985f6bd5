"""The sentences of the command line, without a server: they are shown as they are, and end in what to do next."""

import io
import json
import sys
from typing import Any

import pytest

import messageapi.cli
from messageapi.cli.events.trigger import PHONE, TRIGGERS, Scene
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.phone import connected
from messageapi.cli.send import why
from messageapi.cli.server.greeting import lines
from messageapi.cli.server.serve import Ready
from messageapi.cli.shell import Shell, told
from messageapi.sandbox.views import InboxPage

READY = Ready("http://127.0.0.1:8080", "acc_1", None, "curl ...", None, [], None, None)


class Answering:
    """A client whose number is always like this."""

    def __init__(self, **number: str) -> None:
        self._number = number

    async def get(self, _: str) -> dict[str, Any]:
        return dict(self._number)


@pytest.mark.parametrize("name", ["[red]shop[/red]", "[/]", "a [b", ":smile:"])
def test_a_name_with_brackets_is_shown_as_it_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    Shell().show({}, f"{name} is removed.")
    assert out.getvalue() == f"{name} is removed.\n"


def test_why_a_message_did_not_go_is_a_sentence() -> None:
    failed: dict[str, object] = {
        "status": "failed",
        "error": {"code": "not_on_whatsapp", "detail": "This number is not on WhatsApp."},
    }
    assert why(failed) == "This number is not on WhatsApp."
    assert why({"status": "canceled", "error": None}) == "The message ended as canceled."


@pytest.mark.parametrize(("reason_code", "exit_code"), [("link_timeout", Exit.TIMEOUT), ("link_refused", Exit.FAILED)])
async def test_a_linking_that_has_ended_is_not_waited_for(reason_code: str, exit_code: Exit) -> None:
    client: Any = Answering(state="created", reason="Link it again.", reasonCode=reason_code)
    with pytest.raises(CliError, match="Link it again") as ended:
        await connected(client, "num_1")
    assert (ended.value.exit_code, ended.value.code) == (exit_code, reason_code)


async def test_a_phone_that_got_nothing_has_read_nothing() -> None:
    client: Any = Sending()
    control: Any = Empty()
    with pytest.raises(CliError, match=r"\+12025550102 did not get the message") as ended:
        await TRIGGERS["message.read"].act(Scene(client, control, "num_1", "+12025550101", PHONE, "Hello", "text"))
    assert (ended.value.exit_code, set(control.asked)) == (Exit.TIMEOUT, {"inbox"})


class Sending:
    """A client whose message is accepted."""

    async def post(self, *_: object) -> dict[str, Any]:
        return {"id": "a message"}


class Empty:
    """Controls a network in which nothing arrives."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def inbox(self, *_: object) -> InboxPage:
        self.asked.append("inbox")
        return InboxPage([], 0)

    async def read(self, *_: object) -> None:
        self.asked.append("read")


def test_the_greeting_speaks_of_a_sandbox_number_only_where_there_is_one() -> None:
    assert not [line for line in lines(READY) if "demo" in line or "phone inbox" in line]
    phones = ["+12025550101", "+12025550102"]
    said = "\n".join(lines(Ready("http://127.0.0.1:8080", "acc_1", None, "curl ...", None, phones, None, None)))
    assert "+12025550101 is the number `demo`" in said
    assert "phone inbox +12025550102" in said


def test_an_incomplete_installation_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "messageapi.cli.app", raising=False)
    monkeypatch.setattr("sys.meta_path", [Missing("messageapi.cli.app"), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        messageapi.cli.main()
    assert ended.value.code == Exit.MISSING
    assert "typer is missing. Install again: make serve" in capsys.readouterr().err


class Missing:
    """An import that finds that something it needs is not installed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, *_: object) -> None:
        if name == self._name:
            raise ModuleNotFoundError("No module named 'typer'", name="typer")


def test_a_failure_is_one_line_for_it_may_end_a_stream_of_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(Shell(json=True), CliError(Exit.TIMEOUT, "Nobody scanned.", code="link_timeout")) == Exit.TIMEOUT
    failure = {"code": "link_timeout", "message": "Nobody scanned.", "status": None}
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [{"error": failure}]
