"""The command as people run it: a subprocess with a clean environment and a data folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest


class Ran(NamedTuple):
    """What a finished command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def environment(data: Path) -> dict[str, str]:
    """Nothing of this machine's own settings, and ports nobody else uses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
    return kept | {
        "MESSAGEAPI_DATA": str(data),
        "MESSAGEAPI_PORT": "0",
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Run:
    def command(*arguments: str, given: str = "", **more: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "messageapi.cli", *arguments],
            env=environment | more,
            cwd=tmp_path,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return command
