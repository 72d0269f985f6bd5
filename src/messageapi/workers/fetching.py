"""Fetches files of received messages that their numbers' settings ask for, a few at a time."""

from messageapi.bus.subjects import BELL_FILES
from messageapi.messages.inbound_media.automatic import carry_out, claim
from messageapi.messages.inbound_media.errors import FINAL
from messageapi.messages.inbound_media.rows import Wanted
from messageapi.web.doors import Doors
from messageapi.workers.errands import Errands

PLACES = 8


class Fetching(Errands[Wanted]):
    def __init__(self, doors: Doors) -> None:
        super().__init__(doors, "fetching", BELL_FILES, PLACES)

    async def claim(self, most: int) -> list[Wanted]:
        return await claim(self._doors, most)

    async def carry_out(self, errand: Wanted) -> None:
        code = await carry_out(self._doors, errand)
        if code in FINAL:
            self._log.info("a file cannot be had", message=errand.message_id, code=code)
