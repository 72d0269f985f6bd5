"""What other people wrote is shown on a terminal and never obeyed by it."""

import json

import pytest
from rich.text import Text

from messageapi.cli.events.listen import _handled
from messageapi.cli.events.stream import Came
from messageapi.cli.shell import Shell, print_json
from messageapi.cli.support import described
from messageapi.cli.tables import table

CLEARS, TITLES, TWIN = "\x1b[2J", "\x1b]0;root\x07", "\x9b2J"
STEERING = ("\x1b", "\x07", "\x9b", "\x7f", "\x00")


Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("text", [CLEARS, TITLES, TWIN, "a\x7fb", "a\x00b"])
def test_nothing_that_steers_a_terminal_is_written(text: str, capsys: Captured) -> None:
    shell = Shell()
    for human in (text, Text(text), Text.assemble((text, "bold")), table(("name",), [(text,)], empty="")):
        shell.show({}, human)
    said = capsys.readouterr().out
    assert not [each for each in STEERING if each in said]
    assert said.count("�") >= 4


def test_a_question_is_shown_line_by_line(capsys: Captured) -> None:
    told = {"name": "Mallory", "email": "m@example.com", "createdAt": "2026-11-22T10:00:00Z", "state": "open"}
    Shell().show({}, described({**told, "subject": f"Help{TITLES}", "text": f"one\n\ttwo {CLEARS}"}))
    said = capsys.readouterr().out
    for line in ("Help�]0;root", "\none\n", "two �[2J"):
        assert line in said


async def test_a_message_that_somebody_wrote_is_listened_to_and_not_obeyed(capsys: Captured) -> None:
    event = {"createdAt": "2026-11-22T10:00:00Z", "data": {"phone": "+12025550102", "text": f"Hello{CLEARS}"}}
    await _handled(Shell(), Came("evt_1", "message.received", json.dumps(event).encode()), None)
    assert capsys.readouterr().out == "10:00:00  message.received  evt_1  +12025550102  Hello�[2J\n"


def test_what_we_mark_ourselves_stays_marked(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    Shell().out.print(f"failed {CLEARS}", style="red")
    assert capsys.readouterr().out == "\x1b[31mfailed �[2J\x1b[0m\n"


def test_a_document_says_the_same_in_other_letters(capsys: Captured) -> None:
    document = {"text": f"{CLEARS}{TWIN}\x7f ü \N{GRINNING FACE}"}
    print_json(document)
    said = capsys.readouterr().out
    assert json.loads(said) == document
    assert not [each for each in STEERING if each in said]
    assert "ü \N{GRINNING FACE}" in said
