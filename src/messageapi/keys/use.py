"""When each key was last used, written once a minute at most and never in the way of a request."""

import asyncio
from collections import OrderedDict

from messageapi.errors import DoorError
from messageapi.keys import rows
from messageapi.logs import log
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

EVERY_MS = 60_000
CAPACITY = 20_000

_log = log("keys")


class Uses:
    """Remembers what it wrote, so that a busy key costs a dictionary look-up."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._written: OrderedDict[str, int] = OrderedDict()
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, key_id: str, now: int) -> None:
        if now - self._written.get(key_id, 0) < EVERY_MS:
            return
        self._written[key_id] = now
        self._written.move_to_end(key_id)
        if len(self._written) > CAPACITY:
            self._written.popitem(last=False)
        task = asyncio.create_task(self._write(key_id, now))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def settle(self) -> None:
        """Wait until everything noted so far is written."""
        await asyncio.gather(*self._writing)

    async def _write(self, key_id: str, now: int) -> None:
        async def work(tx: Tx) -> None:
            await rows.touch(tx, key_id, now)

        try:
            await self._doors.db.writer.run(work)
        except DoorError as failure:
            _log.warning("use_not_noted", code=failure.code)
