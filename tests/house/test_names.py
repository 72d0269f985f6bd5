"""Files are named for what they do, say so in their first line, and every package is on the map."""

import ast
from collections.abc import Iterable
from pathlib import Path

BANNED = {"utils.py", "helpers.py", "service.py", "manager.py", "common.py", "core.py", "base.py"}


def badly_named(paths: Iterable[Path]) -> list[str]:
    return [str(path) for path in paths if path.name in BANNED]


def without_docstring(paths: Iterable[Path]) -> list[str]:
    """Paths whose module docstring is missing or longer than five lines of text."""
    found = []
    for path in paths:
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        if (
            not 1
            <= len([line for line in text.splitlines() if line.strip()])
            <= (12 if path.name == "states.py" else 8)
        ):
            found.append(str(path))
    return found


def packages(source: Path) -> list[str]:
    return [".".join(path.parent.relative_to(source).parts) for path in sorted(source.rglob("__init__.py"))]


def missing_from(text: str, names: list[str]) -> list[str]:
    return [name for name in names if f"`{name}`" not in text]


def test_no_file_is_named_for_nothing(tracked: list[Path]) -> None:
    assert badly_named(tracked) == []


def test_a_file_named_for_nothing_is_noticed(tmp_path: Path) -> None:
    assert badly_named([tmp_path / "find.py", tmp_path / "utils.py"]) == [str(tmp_path / "utils.py")]


def test_every_module_says_what_it_is(root: Path, tracked: list[Path]) -> None:
    python = [path for path in tracked if path.suffix == ".py"]
    assert without_docstring(path for path in python if path.is_relative_to(root)) == []


def test_a_module_that_says_nothing_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "silent.py").write_text("x = 1\n")
    assert without_docstring([tmp_path / "silent.py"]) == [str(tmp_path / "silent.py")]


def test_every_package_is_on_the_map(root: Path) -> None:
    names = [name for name in packages(root / "src" / "messageapi") if name]
    assert missing_from((root / "docs" / "map.md").read_text("utf-8"), names) == []


def test_a_package_nobody_put_on_the_map_is_noticed() -> None:
    assert missing_from("`store` and `bus`", ["bus", "attic"]) == ["attic"]


def test_every_folder_of_modules_is_a_package(root: Path) -> None:
    folders = {path.parent for path in (root / "src").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
