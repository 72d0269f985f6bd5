"""Where a part leaves its figures: bench/out/<part>.json, and the same on stdout."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

OUT = Path(os.environ.get("BENCH_OUT") or Path(__file__).with_name("out"))


def say(part: str, figures: dict[str, object]) -> None:
    """The time and the machine's load beside the figures: another run's load would explain a bad one."""
    told = {
        "part": part,
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": _commit(),
        "load": os.getloadavg()[0],
        **figures,
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{part}.json").write_text(json.dumps(told, indent=2) + "\n")
    print(json.dumps(told, indent=2))


def _commit() -> str:
    """What was measured; empty outside a clone."""
    return _git("describe", "--always", "--dirty", "--exclude=*")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def changes_since(commits: str) -> int | None:
    """How many commits changed the product after the oldest of these; None when that cannot be known."""
    measured = [commit.removesuffix("-dirty") for commit in commits.split(", ")]
    counts = [_git("rev-list", "--count", f"{commit}..", "--", ":/src") if commit else "" for commit in measured]
    return max(map(int, counts)) if all(map(str.isdigit, counts)) else None


def read(part: str) -> dict[str, Any] | None:
    """The figures of the last run of a part, if there was one."""
    try:
        found: dict[str, Any] = json.loads((OUT / f"{part}.json").read_text())
    except OSError:
        return None
    return found
