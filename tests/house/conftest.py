"""What the house tests read: the tracked files, the tools as modules and a copy of the source to plant faults in."""

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Every file that a clone would hold, and those about to be added."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [path for name in listed if (path := root / name).is_file()]


@pytest.fixture(scope="session")
def tool(root: Path) -> Callable[[str], ModuleType]:
    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, root / "tools" / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def house(tmp_path: Path, root: Path) -> Path:
    """A copy of the source and the import rules, to plant a fault in."""
    ignored = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(root / "src" / "messageapi", tmp_path / "messageapi", ignore=ignored)
    shutil.copy(root / ".importlinter", tmp_path)
    return tmp_path
