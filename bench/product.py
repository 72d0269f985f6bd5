"""A private product: `messageapi serve` on a data folder of its own, with ports the system picks."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.processes import (
    EVERY_CORE,
    READY_S,
    ROOT,
    BenchError,
    Cores,
    Started,
    family,
    running_module,
    running_program,
    start,
    until,
)

CLI = ("-m", "messageapi.cli")
SERVE = (*CLI, "serve")
ENGINE_HOST = "messageapi.engines.host.run"
NETWORK = "messageapi.sandbox.run"
DOOR = "operator.json"


@dataclass(frozen=True)
class Door:
    """Where the running product listens, and what opens the operator's door of it."""

    url: str
    token: str

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)


@dataclass
class Product:
    """`settings` as in messageapi.default.toml; `program` is how the interpreter is called."""

    settings: Mapping[str, object] = field(default_factory=dict)
    cores: Cores = EVERY_CORE
    program: tuple[str, ...] = SERVE
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="bench-product-")))
    main: Started | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def network_folder(self) -> Path:
        return self.data / "sandbox"

    def create_account(self, name: str = "bench") -> str:
        """With the command line, before the first start: then that start links no number of its own."""
        command = (*CLI, "account", "create", "--name", name, "--email", f"{name}@example.org", "--json")
        done = subprocess.run(
            [sys.executable, *command],
            env={**os.environ, **self._environment()},
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"account create ended with {done.returncode}: {done.stderr.decode()[-500:]}")
        return str(json.loads(done.stdout)["id"])

    async def start(self) -> Door:
        """Return when it answers its operator."""
        self.launch()
        await until(self.ready, READY_S, "the product to listen")
        return self.door()

    def launch(self) -> None:
        """Start it and do not wait."""
        (self.data / DOOR).unlink(missing_ok=True)  # a killed one leaves it behind
        self.main = start(self.program, self.folder / "product.log", cores=self.cores, env=self._environment())

    def _environment(self) -> dict[str, str]:
        given: dict[str, object] = {
            "data": self.data,
            "port": 0,
            "key_requests_per_minute": 100_000_000,  # what is measured is the product, not its limiter
            "log_level": os.environ.get("BENCH_LOG", "error"),
            **self.settings,
        }
        stray = [name for name in os.environ if name.startswith("MESSAGEAPI_")]
        if stray:
            raise BenchError(f"Unset {', '.join(stray)}: the product under test has settings of its own.")
        return {f"MESSAGEAPI_{name.upper()}": str(value) for name, value in given.items()}

    def ready(self) -> bool:
        """Raise BenchError when it has ended instead."""
        if self.main is None or not self.main.running:
            raise BenchError(f"the product ended before it listened:\n{self.tail()}")
        return self.listening

    @property
    def listening(self) -> bool:
        return (self.data / DOOR).exists()

    def door(self) -> Door:
        found = json.loads((self.data / DOOR).read_text())
        return Door(found["url"], found["token"])

    @property
    def main_pid(self) -> int:
        if self.main is None:
            raise BenchError("the product was not started")
        return self.main.pid

    def hosts(self) -> list[psutil.Process]:
        """The engine hosts that live now, the oldest first."""
        return sorted(running_module(family(self.main_pid), ENGINE_HOST), key=lambda one: one.create_time())

    def network(self) -> psutil.Process:
        return running_module(family(self.main_pid), NETWORK)[0]

    def bus(self) -> list[psutil.Process]:
        return running_program(family(self.main_pid), "nats-server")

    def tail(self) -> str:
        return self.main.tail() if self.main else ""

    async def stop(self) -> float:
        return await self.main.stop() if self.main else 0.0

    async def remove(self) -> None:
        """With BENCH_KEEP set, the folder stays for whoever looks into what went wrong."""
        await self.stop()
        if "BENCH_KEEP" in os.environ:
            print(f"kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
