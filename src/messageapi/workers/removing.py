"""Carries out what admins of groups removed, once WhatsApp has said who is one. Nobody waits for it."""

from messageapi.bus.subjects import BELL_REMOVALS
from messageapi.messages.removals.by_admin import Removal, Removals
from messageapi.web.doors import Doors
from messageapi.workers.errands import Errands

PLACES = 50


class Removing(Errands[list[Removal]]):
    def __init__(self, doors: Doors) -> None:
        super().__init__(doors, "removing", BELL_REMOVALS, PLACES)
        self._removals = Removals(doors)

    async def claim(self, most: int) -> list[list[Removal]]:
        return await self._removals.claim(most)

    async def carry_out(self, errand: list[Removal]) -> None:
        await self._removals.carry_out(errand)
