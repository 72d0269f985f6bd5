"""Keep functions, files and rooms small: hard limits fail, medians and 90th percentiles are reported. ruff counts
parameters.

Run: python tools/lint_sizes.py [folder ...]
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median, quantiles

FUNCTION_LINES = 60
FILE_LINES = 400
LONG_FILE_LINES = 600  # tables and test stories: long lists that read better in one piece
ROOM_LINES = 1_500  # of the files in one folder; folders inside it count for themselves
NESTING = 3
LONG_FILES = ("/tables/", "/stories/", "/migrations/")
ENDLESS = "src/messageapi/store/migrations/versions"  # grows with every change of the tables, and keeps them all
DECISIONS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def lines_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def nesting_of(node: ast.AST) -> int:
    """Decisions inside decisions; `elif` is no deeper than its `if`, a nested function starts anew."""
    return max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)


def _depth(node: ast.AST) -> int:
    if isinstance(node, Function | ast.Lambda):
        return 0
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        inside = max((_depth(child) for child in node.body), default=0)
        return max(1 + inside, _depth(node.orelse[0]))
    return nesting_of(node) + isinstance(node, DECISIONS)


def faults_in(path: Path, source: str) -> Iterator[str]:
    longest = LONG_FILE_LINES if any(part in path.as_posix() for part in LONG_FILES) else FILE_LINES
    length = len(source.splitlines())
    if length > longest:
        yield f"{path}: {length} lines, the limit is {longest}: split it by verb"
    for function in functions(ast.parse(source)):
        yield from _function_faults(f"{path}:{function.lineno} {function.name}", function)


def crowded(sources: Mapping[Path, str]) -> Iterator[str]:
    """Rooms of the product that are two."""
    rooms: dict[str, int] = defaultdict(int)
    for path, source in sources.items():
        if path.parts[0] == "src":
            rooms[path.parent.as_posix()] += len(source.splitlines())
    for room, length in sorted(rooms.items()):
        if length > ROOM_LINES and room != ENDLESS:
            yield f"{room}: {length} lines, the limit is {ROOM_LINES}: give what belongs together a folder of its own"


def _function_faults(where: str, function: Function) -> Iterator[str]:
    if (lines := lines_of(function)) > FUNCTION_LINES:
        yield f"{where}: {lines} lines, the limit is {FUNCTION_LINES}"
    if (deep := nesting_of(function)) > NESTING:
        yield f"{where}: {deep} decisions inside one another, the limit is {NESTING}"


def _spread(name: str, sizes: list[int]) -> str:
    if len(sizes) < 2:
        return f"{name}: too few to tell"
    return f"{name}: median {median(sizes):.0f}, p90 {quantiles(sizes, n=10)[8]:.0f}, longest {max(sizes)}"


def report(sources: Mapping[Path, str]) -> str:
    every = [lines_of(function) for source in sources.values() for function in functions(ast.parse(source))]
    files = [len(source.splitlines()) for source in sources.values()]
    return "\n".join((_spread("function lines", every), _spread("file lines", files)))


def python_files(folders: list[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def main(folders: list[str]) -> int:
    files = python_files([Path(folder) for folder in folders or ["src", "tools", "tests", "bench"]])
    sources = {path: path.read_text("utf-8") for path in files}
    faults = [fault for path, source in sources.items() for fault in faults_in(path, source)]
    faults += crowded(sources)
    print("\n".join([*faults, report(sources)]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
