"""ruff, its formatter and mypy --strict have nothing to say, and each speaks up when a fault is planted."""

import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = {
    "ruff": (["ruff", "check", "--config", "pyproject.toml"], '"""A fault."""\n\nimport os\n', "F401"),
    "parameters": (["ruff", "check", "--config", "pyproject.toml"], "def f(a, b, c, d, e, f, g): ...\n", "PLR0913"),
    "format": (["ruff", "format", "--check", "--config", "pyproject.toml"], '"""A fault."""\nx = {  }\n', "reformat"),
    "mypy": (["mypy", "--config-file", "pyproject.toml"], '"""A fault."""\n\nx: int = "1"\n', "Incompatible types"),
}


def run(root: Path, *command: str) -> tuple[int, str]:
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], cwd=root, capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stdout + done.stderr


def python(root: Path, tracked: list[Path]) -> list[str]:
    return [str(path.relative_to(root)) for path in tracked if path.suffix == ".py"]


def test_ruff_finds_nothing(root: Path, tracked: list[Path]) -> None:
    code, said = run(root, "ruff", "check", "--quiet", *python(root, tracked))
    assert code == 0, said


def test_everything_is_formatted(root: Path, tracked: list[Path]) -> None:
    code, said = run(root, "ruff", "format", "--check", *python(root, tracked))
    assert code == 0, said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_mypy_strict_finds_nothing(root: Path) -> None:
    code, said = run(root, "mypy")
    assert code == 0, said


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_planted_fault_is_noticed(root: Path, tmp_path: Path, name: str) -> None:
    command, source, expected = FAULTS[name]
    (tmp_path / "planted.py").write_text(source)
    code, said = run(root, *command, str(tmp_path / "planted.py"))
    assert code != 0
    assert expected in said
