"""Keep tenants apart: outside store/ and rows.py a tenant's table is reached through Scope alone.

Three rules, read from the syntax tree: no bare select/insert/update/delete on a tenant's table, no SQL text,
and every public function of a find.py takes `caller`. Run: python tools/lint_tenancy.py [folder]
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from messageapi.store.tables import TENANT_TABLES

TENANT_NAMES = frozenset(table.name for table in TENANT_TABLES)
STATEMENTS = frozenset({"select", "insert", "update", "delete", "exists"})
TABLES = "messageapi.store.tables"


def exempt(path: Path) -> bool:
    return path.name == "rows.py" or "store" in path.parts


def faults_in(path: Path, source: str) -> Iterator[str]:
    if exempt(path):
        return
    tree = ast.parse(source)
    yield from _bare_statements(path, tree)
    if path.name == "find.py":
        yield from _functions_without_caller(path, tree)


def _bare_statements(path: Path, tree: ast.Module) -> Iterator[str]:
    statements, tables = _imported(tree)
    for expression in _whole_expressions(tree):
        names = {name for node in ast.walk(expression) if (name := _called(node, statements))}
        if "text" in names:
            yield f"{path}:{expression.lineno}: SQL text outside the store"
        elif names and (touched := _tables_in(expression, tables)):
            said = f"{'/'.join(sorted(names))}() on {', '.join(sorted(touched))}"
            yield f"{path}:{expression.lineno}: {said}: go through tx.of(caller)"


def _whole_expressions(tree: ast.Module) -> Iterator[ast.expr]:
    """Each statement's own expressions, whole: a table may come late, as in select(count()).select_from(messages)."""
    for statement in (node for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.withitem)):
        yield from (child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.expr))


def _imported(tree: ast.Module) -> tuple[dict[str, str], dict[str, str]]:
    """Local name -> statement of sqlalchemy, local name -> tenant table."""
    statements, tables = {}, {}
    for node in (one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)):
        for alias in node.names:
            local = alias.asname or alias.name
            if (node.module or "").split(".")[0] == "sqlalchemy" and alias.name in STATEMENTS | {"text"}:
                statements[local] = alias.name
            if (node.module or "").startswith(TABLES) and alias.name in TENANT_NAMES:
                tables[local] = alias.name
    return statements, tables


def _called(node: ast.AST, statements: dict[str, str]) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return statements.get(name)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if name in STATEMENTS | {"text"}:
            return name if owner in {"sa", "sqlalchemy"} | TENANT_NAMES else None  # messages.select() as well
        case _:
            return None


def _tables_in(expression: ast.expr, tables: dict[str, str]) -> set[str]:
    names = {tables[node.id] for node in ast.walk(expression) if isinstance(node, ast.Name) and node.id in tables}
    dotted = {node.attr for node in ast.walk(expression) if isinstance(node, ast.Attribute) and _of_tables(node)}
    return names | (dotted & TENANT_NAMES)


def _of_tables(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "tables"


def _functions_without_caller(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if "caller" not in {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}:
            yield f"{path}:{node.lineno}: {node.name}() reads without a caller"


def main(folders: list[str]) -> int:
    files = sorted(path for folder in folders or ["src"] for path in Path(folder).rglob("*.py"))
    faults = [fault for path in files for fault in faults_in(path, path.read_text("utf-8"))]
    print("\n".join([*faults, f"{len(files)} files, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
