"""Webhooks: hands events on to the endpoints that want them, with a postman for each endpoint that has work."""

import asyncio
from collections.abc import Callable

from messageapi import logs
from messageapi.bus.subjects import BELL_DELIVERIES, BELL_EVENTS, BELL_WEBHOOKS
from messageapi.errors import DoorError
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors
from messageapi.webhooks.delivery.claim import due, let_go, listeners, take_over
from messageapi.webhooks.delivery.relay import relay
from messageapi.workers.loop import Loop
from messageapi.workers.pace import Pace
from messageapi.workers.postman import Postman, Round

POLL_S = 5.0
STOP_S = 1.0
TOGETHER_S = 0.02
"""More saves processor time under load, and brings each event later."""
PLACES = 400
_log = logs.log("deliveries")


class Deliveries:
    """One in every worker: the database decides which of them relays, and which has an endpoint."""

    def __init__(self, doors: Doors, *, places: int = PLACES) -> None:
        self._doors = doors
        self._shared = Round(doors, new_id("wrk"), places)
        self._postmen: dict[str, Postman] = {}
        self._listeners: frozenset[str] = frozenset()
        self._asked_at = -POLL_S
        self._pace = Pace(TOGETHER_S)
        self._relay = Loop("relay", self.relay, POLL_S)
        self._poll = Loop("deliveries", self.poll, POLL_S)
        self._unlisten: list[Callable[[], None]] = []

    async def start(self) -> None:
        bells = self._doors.bells
        self._unlisten = [
            bells.listen(BELL_EVENTS, self._emitted),
            bells.listen(BELL_WEBHOOKS, self._changed),
            bells.listen(BELL_DELIVERIES, self.wake),
        ]
        await self._doors.db.writer.run(lambda tx: take_over(tx, self._shared.me))
        self._relay.start()
        self._poll.start()

    async def stop(self) -> None:
        """What is under way may end; nothing more begins."""
        for unlisten in self._unlisten:
            unlisten()
        await asyncio.gather(self._relay.stop(), self._poll.stop())
        await asyncio.gather(*(postman.stop(STOP_S) for postman in self._postmen.values()))
        try:
            await self._doors.db.writer.run(lambda tx: let_go(tx, self._shared.me))
        except DoorError as problem:
            _log.warning("endpoints stay held for a while", code=problem.code)

    def wake(self, webhook_id: str) -> None:
        postman = self._postmen.get(webhook_id)
        if postman is None:
            postman = self._postmen[webhook_id] = Postman(self._shared, webhook_id)
        postman.wake()

    def _emitted(self, account_id: str) -> None:
        """Nobody asks the database about events that nobody wants."""
        if account_id in self._listeners:
            self._relay.nudge()

    def _changed(self, _: str) -> None:
        self._asked_at = -POLL_S
        self._relay.nudge()

    async def relay(self) -> None:
        """Hand on all there is."""
        await self._pace.turn()
        await self._ask_who_listens()
        more = bool(self._listeners)
        while more:
            done = await self._doors.db.writer.run(lambda tx: relay(tx, self._doors.keyring, self._doors.clock()))
            more = done.more
            for webhook_id in done.webhook_ids:
                self._doors.bells.ring(BELL_DELIVERIES, webhook_id)

    async def _ask_who_listens(self) -> None:
        """Once in a while, and when it has changed."""
        now = asyncio.get_running_loop().time()
        if now - self._asked_at >= POLL_S:
            self._asked_at = now  # a change meanwhile is asked for again
            self._listeners = await self._doors.db.read(listeners)

    async def poll(self) -> None:
        """The net under the bells: what is due, and what is under way and has to be held on to."""
        now = self._doors.clock()
        waiting = set(await self._doors.db.read(lambda tx: due(tx, now)))
        for webhook_id in self._postmen.keys() - waiting:
            if self._postmen[webhook_id].idle:
                del self._postmen[webhook_id]
        for webhook_id in waiting | self._postmen.keys():
            self.wake(webhook_id)
