"""Starts and ends processes of a benchmark by their id, on chosen cores, and measures them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from messageapi.vocab.ports import own_ports

ROOT = Path(__file__).resolve().parent.parent
CHILD = Path(__file__).with_name("child.py")
READY_S = 60.0
STOP_S = 15.0
LOOK_EVERY_S = 0.02
_TRIES = 1000

Cores = frozenset[int]
EVERY_CORE: Cores = frozenset(os.sched_getaffinity(0))
FIRST: Cores = frozenset({min(EVERY_CORE)})
LAST: Cores = frozenset({max(EVERY_CORE)})


class BenchError(Exception):
    """A benchmark cannot be carried out; the text says why."""


@dataclass
class Started:
    """A running program and the file its output goes to."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def kill(self) -> None:
        """`kill -9`, this one process."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    async def stop(self) -> float:
        """Ask it to end, and insist after a while; returns the seconds it took."""
        begun = time.monotonic()
        if self.running:
            self.process.terminate()
            with suppress(BenchError):
                await until(lambda: not self.running, STOP_S, "to end")
        if self.running:
            self.kill()
        return time.monotonic() - begun


def start(
    program: Sequence[str], log: Path, *, cores: Cores = EVERY_CORE, env: Mapping[str, str] | None = None
) -> Started:
    """`python ...` arguments as they would be typed behind the interpreter."""
    command = [sys.executable, str(CHILD), ",".join(map(str, sorted(cores))), sys.executable, *program]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **(env or {})}, cwd=ROOT
        )
    return Started(process, log)


async def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Look again and again; raise BenchError when it has not come true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise BenchError(f"waited {seconds:g} s for {what}")
        await asyncio.sleep(LOOK_EVERY_S)


def free_port() -> int:
    """For who wants the same port after every restart, as a real server has."""
    for port in own_ports(_TRIES):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise BenchError("no port is free")


def pin(pid: int, cores: Cores) -> None:
    """All threads of a process that runs already."""
    for thread in psutil.Process(pid).threads():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(thread.id, cores)


def family(pid: int) -> list[psutil.Process]:
    """Everything it has started, and what that has started."""
    found: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(pid).children(recursive=True)
    return found


def running_module(processes: Sequence[psutil.Process], module: str) -> list[psutil.Process]:
    """Those that are `python -m module`."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if module in process.cmdline():
                found.append(process)
    return found


def running_program(processes: Sequence[psutil.Process], name: str) -> list[psutil.Process]:
    """Those that are this program."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if process.name() == name:
                found.append(process)
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    spent = 0.0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            times = psutil.Process(pid).cpu_times()
            spent += times.user + times.system
    return spent


def footprint(pid: int) -> dict[str, float]:
    process = psutil.Process(pid)
    memory = process.memory_full_info()
    return {
        "rss_mb": round(memory.rss / 1e6, 1),
        "uss_mb": round(memory.uss / 1e6, 1),
        "threads": process.num_threads(),
        "fds": process.num_fds(),
    }
