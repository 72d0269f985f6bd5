"""An engine host that is kept running, and ended when it hangs: a process that lives and says nothing helps nobody."""

import asyncio
from collections.abc import Awaitable, Callable

from messageapi import logs
from messageapi.engines.port import HostGone, Network
from messageapi.vocab.ids import new_id
from messageapi.workers.processes.keeper import Keeper
from messageapi.workers.processes.recipes import Recipe, Recipes

HUNG_S = 15.0  # it beats every 2 s, and after 10 s of silence the placer has given its numbers away
_log = logs.log("supervisor")


class KeptHost:
    """Its id is new with every start: the dead are never mistaken for the living."""

    def __init__(self, network: Network, recipes: Recipes, announce: Callable[[HostGone], Awaitable[None]]) -> None:
        self.network = network
        self.id = ""
        self.keeper = Keeper(self._recipe, self._ended)
        self._recipes = recipes
        self._announce = announce
        self._heard_at = 0.0

    def heard(self) -> None:
        self._heard_at = asyncio.get_running_loop().time()

    async def end_if_hung(self) -> None:
        silent = asyncio.get_running_loop().time() - self._heard_at
        if self.keeper.pid and silent > HUNG_S:
            _log.error("a host hangs and is started again", host=self.id, pid=self.keeper.pid, silent_s=round(silent))
            await self.keeper.kill()

    def _recipe(self) -> Recipe:
        self.id = new_id("hst")
        self.heard()
        return self._recipes.host(self.id, "engine", self.network)

    async def _ended(self, code: str) -> None:
        await self._announce(HostGone(self.id, self.network, code))
