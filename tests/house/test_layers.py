"""Imports only go down, and each contract of .importlinter notices when it is broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLANTED = {
    "Rooms only look down": ("vocab/clock.py", "import messageapi.errors"),
    "Engine hosts know no database": ("engines/port/values.py", "import messageapi.store.tables"),
    "The sandbox is a network of its own": ("sandbox/__init__.py", "import messageapi.bus.port"),
    "The protocol library is loaded in engines.linked alone": ("engines/port/values.py", "import neonize"),
    "SQL lives in store": ("messages/states.py", "import sqlalchemy"),
    "The web framework stays at the edge": ("numbers/states.py", "import litestar"),
    "keys.rows is private to keys": ("numbers/find.py", "import messageapi.keys.rows"),
    "accounts.rows is private to accounts": ("numbers/find.py", "import messageapi.accounts.rows"),
    "idempotency.rows is private to idempotency": ("keys/find.py", "import messageapi.idempotency.rows"),
    "numbers.rows is private to numbers": ("messages/find.py", "import messageapi.numbers.rows"),
    "pacing.rows is private to pacing": ("messages/find.py", "import messageapi.pacing.rows"),
    "contacts.rows is private to contacts": ("messages/find.py", "import messageapi.contacts.rows"),
    "chats.rows is private to chats": ("compat/__init__.py", "import messageapi.chats.rows"),
    "live.rows is private to live": ("messages/find.py", "import messageapi.live.rows"),
    "media.rows is private to media": ("messages/find.py", "import messageapi.media.rows"),
    "notices.rows is private to notices": ("numbers/find.py", "import messageapi.notices.rows"),
    "people.rows is private to people": ("keys/find.py", "import messageapi.people.rows"),
    "audit.rows is private to audit": ("people/token.py", "import messageapi.audit.rows"),
    "support.rows is private to support": ("site/routes.py", "import messageapi.support.rows"),
    "webhooks.rows is private to webhooks": ("messages/find.py", "import messageapi.webhooks.rows"),
    "messages.rows is private to messages": ("compat/__init__.py", "import messageapi.messages.rows"),
}


def checked(folder: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", ".importlinter"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_imports_only_go_down(house: Path) -> None:
    code, said = checked(house)
    assert code == 0, said


def test_every_contract_notices_a_planted_import(house: Path) -> None:
    for place, line in PLANTED.values():
        with (house / "messageapi" / place).open("a") as file:
            file.write(f"\n{line}\n")
    code, said = checked(house)
    broken = [line for line in said.splitlines() if " BROKEN" in line]
    assert code == 1, said
    assert [name for name in PLANTED if not any(line.startswith(name) for line in broken)] == [], said


def test_a_room_nobody_placed_is_refused(house: Path) -> None:
    (house / "messageapi" / "attic").mkdir()
    (house / "messageapi" / "attic" / "__init__.py").write_text('"""Nobody placed this."""\n')
    code, said = checked(house)
    assert code == 1
    assert "attic" in said


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_every_planted_contract_is_in_the_file(root: Path, name: str) -> None:
    assert f"name = {name}" in (root / ".importlinter").read_text()


def test_no_contract_goes_unproven(root: Path) -> None:
    names = [
        line.removeprefix("name = ") for line in (root / ".importlinter").read_text().splitlines() if "name = " in line
    ]
    assert [name for name in names if not any(name.startswith(start) for start in PLANTED)] == []
