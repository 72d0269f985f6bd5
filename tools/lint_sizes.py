"""Keep functions and files small: hard limits fail, medians and 90th percentiles are reported. ruff counts parameters.

Run: python tools/lint_sizes.py [folder ...]
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

FUNCTION_LINES = 60
FILE_LINES = 400
LONG_FILE_LINES = 600  # tables and test stories: long lists that read better in one piece
NESTING = 3
LONG_FILES = ("/tables/", "/stories/", "/migrations/")
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


def _function_faults(where: str, function: Function) -> Iterator[str]:
    if (lines := lines_of(function)) > FUNCTION_LINES:
        yield f"{where}: {lines} lines, the limit is {FUNCTION_LINES}"
    if (deep := nesting_of(function)) > NESTING:
        yield f"{where}: {deep} decisions inside one another, the limit is {NESTING}"


def _spread(name: str, sizes: list[int]) -> str:
    if len(sizes) < 2:
        return f"{name}: too few to tell"
    return f"{name}: median {median(sizes):.0f}, p90 {quantiles(sizes, n=10)[8]:.0f}, longest {max(sizes)}"


def report(files: list[Path]) -> str:
    sources = [path.read_text("utf-8") for path in files]
    every = [lines_of(function) for source in sources for function in functions(ast.parse(source))]
    return "\n".join((_spread("function lines", every), _spread("file lines", [len(s.splitlines()) for s in sources])))


def python_files(folders: list[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def main(folders: list[str]) -> int:
    files = python_files([Path(folder) for folder in folders or ["src", "tools", "tests", "bench"]])
    faults = [fault for path in files for fault in faults_in(path, path.read_text("utf-8"))]
    print("\n".join([*faults, report(files)]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
