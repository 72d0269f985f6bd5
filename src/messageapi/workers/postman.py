"""Delivers to one endpoint: as much at once as its receiver takes, one at a time in a chat, nothing while it rests."""

import asyncio

from messageapi.errors import DoorError, Problem
from messageapi.web.doors import Doors
from messageapi.webhooks.delivery.attempt import Job, attempt
from messageapi.webhooks.delivery.claim import HOLD_MS, Hold, Look, hold, look
from messageapi.webhooks.delivery.health import Health
from messageapi.webhooks.delivery.outcome import Outcome
from messageapi.webhooks.delivery.settle import Settler
from messageapi.workers.places import Places
from messageapi.workers.turns import RETRY_S, Turns

MOST_BYTES = 1_048_576
"""Of events under way to one receiver, unless a single one has more."""


class Round:
    """What all postmen of a worker share. `places`: how many requests it makes at once."""

    def __init__(self, doors: Doors, me: str, places: int) -> None:
        self.doors = doors
        self.me = me
        self.places = Places(places)
        self.settler = Settler(doors)


class Postman(Turns):
    """What is under way is known here alone; the database still has it as ready."""

    def __init__(self, shared: Round, webhook_id: str) -> None:
        super().__init__("deliveries", "deliveries", webhook=webhook_id)
        self._shared = shared
        self._doors = shared.doors
        self._webhook_id = webhook_id
        self._health = Health()
        self._known: tuple[bytes, int] = (b"", 0)
        self._held_until = 0
        self._under_way: dict[str, int] = {}
        """Size of each event."""
        self._attempts: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        return not self._under_way and super().idle

    async def stop(self, patience_s: float) -> None:
        """Begin nothing more; what does not end in time is delivered again later."""
        await self._stop(patience_s, self._attempts)

    async def _turn(self) -> None:
        now = self._doors.clock()
        room = self._health.room(len(self._under_way), now)
        if room <= 0 and not self._under_way:
            self._later((self._health.rests_until - now) / 1_000)
        if not await self._holds(now) or room <= 0:
            return
        most = max(room + len(self._under_way), 2)
        before = frozenset(self._under_way)
        found = await self._doors.db.read(lambda tx: look(tx, self._webhook_id, most))
        if found is not None:
            self._noticed(found)
            # what was settled while this was read may still look as if it were ready
            heads = [head for head in found.heads if head.event_id not in before]
            self._begin(found._replace(heads=heads), room, now)

    async def _holds(self, now: int) -> bool:
        """Ours for long enough that an attempt that begins now ends in time."""
        if self._held_until - now > HOLD_MS // 2:
            return True
        wanted = Hold(self._webhook_id, self._shared.me, now)
        if not await self._doors.db.writer.join(hold, wanted):
            self._held_until = 0
            return False
        self._held_until = now + HOLD_MS
        return True

    def _noticed(self, found: Look) -> None:
        """Another address may be another receiver, and somebody who resumes an endpoint knows that it is well."""
        now = (found.endpoint.sealed, found.endpoint.state_since)
        if now != self._known:
            self._known = now
            self._health = Health()

    def _begin(self, found: Look, room: int, now: int) -> None:
        chosen = [head for head in found.heads if head.due <= now][:room]
        later = [head for head in found.heads if head.due > now]
        probe = not chosen and self._health.down and (len(later) > 1 or found.waits)
        for head in later[:1] if probe else chosen:
            size = len(head.sealed or b"")
            if self._under_way and size + sum(self._under_way.values()) > MOST_BYTES:
                return
            self._under_way[head.event_id] = size
            self._start(Job(found.endpoint, head, probe))
        if later and not probe:
            self._later((later[0].due - now) / 1_000)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._deliver(job), name="delivery")
        self._attempts.add(task)
        task.add_done_callback(self._attempts.discard)

    async def _deliver(self, job: Job) -> None:
        try:
            async with self._shared.places.taken(job.endpoint.account_id):
                outcome = await attempt(self._doors, job)
            await self._settle(self._judged(outcome))
        except (DoorError, Problem) as problem:
            self._log.warning("an event cannot be delivered now", webhook=self._webhook_id, code=problem.code)
            await asyncio.sleep(RETRY_S)
        except Exception as problem:  # noqa: BLE001 - it is still ready: the next turn would try it at once, for ever
            self._log.error("a delivery broke", webhook=self._webhook_id, cause=type(problem).__name__)
            await asyncio.sleep(RETRY_S)
        finally:
            del self._under_way[job.head.event_id]
            self.wake()

    def _judged(self, outcome: Outcome) -> Outcome:
        if outcome.verdict == "expired":
            return outcome
        if outcome.verdict == "delivered":
            return outcome.that_recovers() if self._health.succeeded(outcome.ms) else outcome
        self._health.failed(outcome.ended_at)
        if outcome.asks_for_rest:
            self._health.rest(outcome.ended_at + outcome.wish_ms)
        return outcome

    async def _settle(self, outcome: Outcome) -> None:
        """Until it is written: what was delivered must not be delivered again because a disk was full."""
        while True:
            try:
                return await self._doors.db.writer.join(self._shared.settler.settle, outcome)
            except DoorError as problem:
                self._log.warning("an outcome cannot be written yet", webhook=self._webhook_id, code=problem.code)
                await asyncio.sleep(RETRY_S)
