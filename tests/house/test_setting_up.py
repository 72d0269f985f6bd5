"""Setting up says what a machine lacks in a sentence, and CI runs what the README says."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Tool = Callable[[str], ModuleType]


def make(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def clone(tmp_path: Path, root: Path) -> Path:
    """Enough of a clone to begin setting up."""
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock", "pyproject.toml", "tools"):
        (tmp_path / name).symlink_to(root / name)
    return tmp_path


def test_an_old_python_is_named_with_the_way_out(clone: Path) -> None:
    old = clone / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = make(clone, "serve", f"PYTHON={old}")
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (clone / ".venv").exists()


def test_no_python_at_all_is_named_with_the_command_that_brings_it(clone: Path) -> None:
    done = make(clone, "serve", "PYTHON=python-of-nowhere")
    assert "apt-get install python3" in done.stderr


def test_a_missing_venv_module_is_named(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert [one for one in tool("check_machine").problems(["venv"]) if "apt-get install python3-venv" in one]
    assert list(tool("check_machine").problems([])) == []


@pytest.mark.parametrize(
    "goal", ["help", "serve", "demo", "test", "test-fast", "lint", "words", "screenshots", "bench", "clean"]
)
def test_every_goal_can_be_made(root: Path, goal: str) -> None:
    done = make(root, "--dry-run", goal)
    assert done.returncode == 0, done.stderr


def test_continuous_integration_runs_the_readmes_tests(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("exec make test")
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_the_locks_hold_hashes_and_no_addresses(root: Path) -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (root / name).read_text("utf-8").splitlines()
        pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pinned), name
        assert not [line for line in lines if "://" in line], name
        assert sum("--hash=sha256:" in line for line in lines) >= len(pinned), name
