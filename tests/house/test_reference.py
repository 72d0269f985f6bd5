"""The pages in docs/reference are what the code says, and every exit code has a meaning."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from messageapi.cli.exits import MEANING, Exit

Tool = Callable[[str], ModuleType]


@pytest.mark.parametrize("name", ["calls.md", "cli.md", "events.md", "exit-codes.md", "settings.md"])
def test_the_reference_is_what_the_code_says(tool: Tool, root: Path, name: str) -> None:
    assert (root / "docs" / "reference" / name).read_text("utf-8") == tool("reference").PAGES[name]()


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANING) == set(Exit)


def test_every_command_says_what_it_does(tool: Tool) -> None:
    assert [path for path, command in tool("reference").commands() if not command.help] == []
