"""Functions, files and rooms stay small, and the lint that says so can fail."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import ModuleType

import pytest

Tool = Callable[[str], ModuleType]

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 60
DEEP = "def f(a):\n if a:\n  for b in a:\n   while b:\n    try:\n     pass\n    finally:\n     pass\n"
LONG_FILE = "x = 1\n" * 401
FLAT = "def f(a):\n if a:\n  pass\n" + "".join(f" elif a > {i}:\n  pass\n" for i in range(1, 5))


def test_every_file_keeps_to_the_sizes(tool: Tool, root: Path, tracked: list[Path]) -> None:
    lint = tool("lint_sizes")
    python = [path for path in tracked if path.suffix == ".py"]
    faults = [fault for path in python for fault in lint.faults_in(path.relative_to(root), path.read_text("utf-8"))]
    assert faults == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (LONG_FUNCTION, "61 lines"),
        (DEEP, "4 decisions"),
        (LONG_FILE, "401 lines"),
    ],
)
def test_a_planted_size_is_noticed(tool: Tool, source: str, said: str) -> None:
    assert said in " ".join(tool("lint_sizes").faults_in(Path("src/planted.py"), source))


def test_no_room_is_two(tool: Tool, root: Path, tracked: list[Path]) -> None:
    python = [path for path in tracked if path.suffix == ".py"]
    assert list(tool("lint_sizes").crowded({path.relative_to(root): path.read_text("utf-8") for path in python})) == []


def test_a_room_that_is_two_is_noticed(tool: Tool) -> None:
    crowded = tool("lint_sizes").crowded
    room = {Path(f"src/messageapi/planted/{number}.py"): "x = 1\n" * 300 for number in range(5)}
    assert list(crowded(room)) == []
    (said,) = crowded({**room, Path("src/messageapi/planted/one_more.py"): "x = 1\n"})
    assert said.startswith("src/messageapi/planted: 1501 lines, the limit is 1500")


def test_what_has_a_folder_of_its_own_is_not_counted_twice(tool: Tool) -> None:
    half = "x = 1\n" * 1_000
    room = {Path("src/messageapi/planted/a.py"): half, Path("src/messageapi/planted/inside/b.py"): half}
    assert list(tool("lint_sizes").crowded(room)) == []


def test_a_chain_of_elif_is_not_deep(tool: Tool) -> None:
    assert list(tool("lint_sizes").faults_in(Path("src/flat.py"), FLAT)) == []


def test_most_functions_fit_at_a_glance(tool: Tool, root: Path) -> None:
    lint = tool("lint_sizes")
    trees = [lint.ast.parse(path.read_text("utf-8")) for path in lint.python_files([root / "src"])]
    assert median(lint.lines_of(one) for tree in trees for one in lint.functions(tree)) <= 10
