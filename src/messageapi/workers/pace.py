"""Turns taken together: under load, work that is in no hurry waits a moment for company and shares a transaction."""

import asyncio


class Pace:
    """The first turn after a pause comes at once; after that there is one every `every_s` seconds for all who wait."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next = 0.0

    async def turn(self) -> None:
        loop = asyncio.get_running_loop()
        left = self._next - loop.time()
        if left > 0:
            await asyncio.sleep(left)
        self._next = max(self._next, loop.time() + self._every_s)
