"""Whatever is given to a command, it answers with a sentence that says what to do, never with a fault of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from messageapi.cli.app import app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WITHOUT_END = {"serve", "engine", "sandbox", "demo", "listen", "number link"}
TAKE_ANY_NAME = {"key create", "number create"}
STRANGE = {"nothing": "", "a path": "../../accounts", "marks": "[/] ü?#&%00", "much": "a" * 3000}


def below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, one in command.commands.items():
        yield from below(f"{path} {name}".strip(), one)


COMMANDS = {path: one for path, one in below("", typer.main.get_command(app)) if path not in WITHOUT_END}


def filled(command: Any, text: str) -> list[str]:
    """Everything it must have, given as this."""
    wanted = [one for one in command.params if one.param_type_name == "argument" or one.required]
    return [word for one in wanted for word in ((text,) if one.param_type_name == "argument" else (one.opts[0], text))]


TAKE_WORDS = {path: one for path, one in COMMANDS.items() if filled(one, "")}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("path", TAKE_WORDS)
def test_strange_words_are_answered_in_a_sentence(sandbox_server: Any, path: str, strange: str) -> None:
    command = TAKE_WORDS[path]
    known = {option for parameter in command.params for option in parameter.opts}
    on = ["--account", sandbox_server.announced["account"]] if "--account" in known else []
    words = STRANGE[strange] and f"{STRANGE[strange]} {path}"  # or one would find what another has made
    said = sandbox_server.run(*path.split(), *on, "--json", *filled(command, words))
    if said.code == 0:
        assert path in TAKE_ANY_NAME
        return
    error = said.document["error"]
    assert error["code"] != "unexpected", said
    assert error["message"].strip().endswith("."), error


def test_most_commands_are_tried() -> None:
    assert len(TAKE_WORDS) > 25
