"""One account's rows are reached through Scope alone, and the lint that says so can fail."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Tool = Callable[[str], ModuleType]
HEAD = (
    "from sqlalchemy import delete, func, select, text\nfrom messageapi.store.tables import accounts, messages as m\n"
)


def faults(tool: Tool, line: str, name: str = "find.py") -> str:
    return " ".join(tool("lint_tenancy").faults_in(Path("src/messageapi/messages") / name, HEAD + line))


def test_every_read_of_a_tenants_rows_goes_through_scope(tool: Tool, root: Path) -> None:
    assert tool("lint_tenancy").main([str(root / "src")]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "statement = select(m).where(m.c.id == 1)",
        "statement = select(func.count()).select_from(m)",
        "statement = delete(m)",
        "statement = tables.messages.delete()\nimport sqlalchemy\nother = sqlalchemy.select(tables.messages)",
        "async def f(tx, caller):\n    async with tx.rows(select(m)) as rows:\n        return rows",
    ],
)
def test_a_bare_statement_on_a_tenants_table_is_noticed(tool: Tool, line: str) -> None:
    assert "go through tx.of(caller)" in faults(tool, line)


def test_sql_text_is_noticed(tool: Tool) -> None:
    assert "SQL text" in faults(tool, "statement = text('select 1')")


def test_a_public_read_without_a_caller_is_noticed(tool: Tool) -> None:
    assert "without a caller" in faults(tool, "async def one(tx, message_id): ...")


@pytest.mark.parametrize(
    "line",
    [
        "async def one(tx, caller):\n    return await tx.row(tx.of(caller).select(m).where(m.c.id == 1))",
        "statement = select(accounts)",
        "def _private(row): ...",
    ],
)
def test_an_honest_read_is_let_through(tool: Tool, line: str) -> None:
    assert faults(tool, line) == ""


def test_a_rooms_own_rows_may_say_what_they_need(tool: Tool) -> None:
    assert faults(tool, "statement = select(m)", "rows.py") == ""
