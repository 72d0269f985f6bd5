"""The benchmarks are run as they are typed: in a process of their own, from the root of the repository."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 280
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def bench(tmp_path: Path) -> Run:
    """Run a part of the benchmarks; gives its exit code and figures. What it leaves goes to a folder of the test."""

    def run(part: str, *options: str) -> tuple[int, dict[str, Any]]:
        command = [sys.executable, "-m", f"bench.{part}", *options]
        environment = {**os.environ, "BENCH_OUT": str(tmp_path)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=DEADLINE_S, check=False)
        assert done.stdout, done.stderr.decode()[-2000:]
        return done.returncode, json.loads(done.stdout)

    return run
