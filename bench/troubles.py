"""What a crash run does to the product: kill, hang, slow and cut off every part, when and whom on a seed."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

from bench.processes import BenchError, Started
from bench.product import Product
from messageapi.sandbox.client import SandboxControl, SandboxError

SHORTEST_S, LONGEST_S = 0.2, 5.0
PATIENCE = 0.75
WATCH_EVERY_S = 0.05
NO_VICTIM_S = 60.0
HANG_S = (0.3, 6.0)
SLOW_TURNS, STOPPED_S, RUNNING_S = 20, 0.06, 0.03

KILLS = ("kill host", "kill main")
ALL = (
    *("kill host", "kill main", "kill bus"),
    *("hang host", "hang main", "hang bus", "hang network"),
    *("slow host", "slow main", "slow network"),
    "cut off",
)


@dataclass(frozen=True)
class World:
    """What can be troubled. `phones`: owners of linked numbers."""

    product: Product
    network: Started
    phones: Sequence[str]


class Troubles:
    """Who is hit and when depends on the seed alone; what they are doing at that moment does not."""

    def __init__(self, world: World, seed: int, kinds: Sequence[str]) -> None:
        self._world = world
        self._random = random.Random(seed)
        self._kinds = kinds
        self.done: Counter[str] = Counter()

    async def run(self, count: int, longest_s: float = LONGEST_S) -> None:
        for _ in range(count):
            if self._random.random() < PATIENCE:
                await self._serving()
            await asyncio.sleep(self._random.uniform(SHORTEST_S, longest_s))
            kind = self._random.choice(self._kinds)
            await self._make(kind)
            self.done[kind] += 1

    async def keep_running(self) -> None:
        """What systemd or Docker would do: start it again at once, whatever it was doing. Until cancelled."""
        product = self._world.product
        while True:
            if product.main is None or not product.main.running:
                product.launch()
            await asyncio.sleep(WATCH_EVERY_S)

    async def _serving(self) -> None:
        """Until there is load again to be hit under; the others hit what is still starting."""
        for _ in range(int(NO_VICTIM_S / WATCH_EVERY_S)):
            if self._world.product.listening:
                return
            await asyncio.sleep(WATCH_EVERY_S)

    async def _make(self, kind: str) -> None:
        what, _, whom = kind.partition(" ")
        if kind == "cut off":
            await self._cut_off()
        elif what == "kill":
            self._signal(await self._victim(whom), signal.SIGKILL)
        elif what == "hang":
            await self._stopped(await self._victim(whom), self._random.uniform(*HANG_S))
        else:
            pid = await self._victim(whom)
            for _ in range(SLOW_TURNS):
                await self._stopped(pid, STOPPED_S)
                await asyncio.sleep(RUNNING_S)

    async def _cut_off(self) -> None:
        """One number loses its connection to the network."""
        with suppress(SandboxError):
            async with SandboxControl.from_folder(self._world.product.network_folder) as control:
                await control.kick(self._random.choice(self._world.phones))

    async def _stopped(self, pid: int, seconds: float) -> None:
        self._signal(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._signal(pid, signal.SIGCONT)

    async def _victim(self, whom: str) -> int:
        """If there is none just now, the next one that appears."""
        look: dict[str, Callable[[], list[int]]] = {
            "main": lambda: self._running(self._world.product.main),
            "network": lambda: self._running(self._world.network),
            "host": lambda: _ids(self._world.product.hosts()),
            "bus": lambda: _ids(self._world.product.bus()),
        }
        for _ in range(int(NO_VICTIM_S / WATCH_EVERY_S)):
            if found := look[whom]():
                return self._random.choice(found)
            await asyncio.sleep(WATCH_EVERY_S)
        raise BenchError(f"no {whom} for {NO_VICTIM_S:g} s:\n{self._world.product.tail()}")

    def _running(self, process: Started | None) -> list[int]:
        return [process.pid] if process and process.running else []

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _ids(processes: Sequence[psutil.Process]) -> list[int]:
    return [process.pid for process in processes]
