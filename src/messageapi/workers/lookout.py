"""Looks after messages that nobody answered: sends again what its sender wants repeated, tells what is stuck."""

from messageapi import logs
from messageapi.messages.unanswered.resend import resend
from messageapi.messages.unanswered.stuck import find_stuck
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop

EVERY_S = 2.0
_log = logs.log("lookout")


class Lookout:
    """May run in every worker at once: each message is judged again under its lock."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._loop = Loop("lookout", self.turn, EVERY_S)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        await self._loop.stop()

    async def turn(self) -> None:
        """What is left over comes in the next turn."""
        again = await resend(self._doors)
        if again:
            _log.info("sent again", messages=again)
        stuck = await find_stuck(self._doors)
        if stuck:
            _log.info("nobody answered", messages=stuck)
