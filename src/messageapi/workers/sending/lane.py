"""One number's lane: claims its next messages, hands them to its host, and finds out about hand-overs in doubt."""

import asyncio

from messageapi.messages.queue.claim import Ask, Claim, Held, claim
from messageapi.web.doors import Doors
from messageapi.workers.pace import Pace
from messageapi.workers.sending import handover
from messageapi.workers.sending.courier import Courier
from messageapi.workers.turns import Turns

AUDIT_MS = 120_000
"""What has been under way for so long is asked about again: its report may have been lost."""
BUSY = 12
"""A host that holds so many messages of a number can wait for more until the other lanes claim as well."""


class Lane(Turns):
    """Every turn begins with a claim, so what the database says is all that counts."""

    def __init__(self, doors: Doors, courier: Courier, number_id: str, pace: Pace) -> None:
        super().__init__("dispatch", "a number's lane", number=number_id)
        self._doors = doors
        self._courier = courier
        self._pace = pace
        self._number_id = number_id
        self._held: set[Held] = set()
        self._reported = handover.Reported()
        self._audited_at = doors.clock()
        self.more = True
        """Something may still wait behind what was claimed last."""

    async def _turn(self) -> None:
        if len(self._held) >= BUSY:
            await self._pace.turn()
        began = asyncio.get_running_loop().time()
        ask = Ask(self._number_id, frozenset(self._held), self._doors.settings.send_window, self._doors.clock())
        got = await self._doors.db.writer.join(claim, ask, last=True)
        self.more = got.more
        self._held &= {(each.seq, each.attempt) for each in got.flying}
        if got.standing is None:
            return
        if got.lost:
            self._due = await handover.give_up(self._doors, got.standing) or self._due
        elif got.doubtful:
            await self._find_out(got)
        elif got.jobs:
            self._took(await handover.hand_over(self._doors, self._courier, got.standing, got.jobs, began))
        self._due = self._due or got.again
        if got.pause_ms:
            self._later(got.pause_ms / 1000)
        self._audit(got)

    def _took(self, result: handover.Handed) -> None:
        self._held |= result.held
        if result.retry_s is not None:
            self._later(result.retry_s)

    async def _find_out(self, got: Claim) -> None:
        in_doubt = [each for each in got.flying if (each.seq, each.attempt) not in self._held]
        found = await handover.find_out(self._doors, got, in_doubt, self._reported)
        self._took(found)
        self._due = self._due or found.retry_s is None

    def _audit(self, got: Claim) -> None:
        now = self._doors.clock()
        if now - self._audited_at < AUDIT_MS:
            return
        self._audited_at = now
        self._held -= {(each.seq, each.attempt) for each in got.flying if now - each.since > AUDIT_MS}
