"""Kills the product's processes at random moments with SIGKILL, and starts the main process again when it is gone."""

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress

from bench.processes import BenchError
from bench.product import Product

SHORTEST_S, LONGEST_S = 0.2, 5.0
PATIENCE = 0.75
MAINS = {"main": 1.0, "host": 0.0, "both": 0.5}  # share of the kills that hit the web/worker process
WATCH_EVERY_S = 0.05
NO_VICTIM_S = 60.0


class Killer:
    """Who is killed and when depends on the seed alone; what they are doing at that moment does not."""

    def __init__(self, product: Product, seed: int, victims: str = "both") -> None:
        self._product = product
        self._random = random.Random(seed)
        self._mains = MAINS[victims]
        self.killed: Counter[str] = Counter()

    async def run(self, kills: int) -> None:
        for _ in range(kills):
            if self._random.random() < PATIENCE:
                await self._serving()
            await asyncio.sleep(self._random.uniform(SHORTEST_S, LONGEST_S))
            if self._random.random() < self._mains:
                self._kill_main()
            else:
                await self._kill_host()

    async def _serving(self) -> None:
        """Until there is load again to be killed under; the other kills hit what is still starting."""
        for _ in range(int(NO_VICTIM_S / WATCH_EVERY_S)):
            if self._product.listening:
                return
            await asyncio.sleep(WATCH_EVERY_S)

    async def keep_running(self) -> None:
        """What systemd or Docker would do: start it again at once, whatever it was doing. Until cancelled."""
        while True:
            if self._product.main is None or not self._product.main.running:
                self._product.launch()
            await asyncio.sleep(WATCH_EVERY_S)

    def _kill_main(self) -> None:
        if self._product.main and self._product.main.running:
            self._product.main.kill()
            self.killed["main"] += 1

    async def _kill_host(self) -> None:
        """If there is none just now, the next one that appears."""
        waited = 0.0
        while not (hosts := self._product.hosts()):
            if waited > NO_VICTIM_S:
                raise BenchError(f"no engine host for {NO_VICTIM_S:g} s:\n{self._product.tail()}")
            waited += WATCH_EVERY_S
            await asyncio.sleep(WATCH_EVERY_S)
        with suppress(ProcessLookupError):
            os.kill(self._random.choice(hosts).pid, signal.SIGKILL)
            self.killed["host"] += 1
