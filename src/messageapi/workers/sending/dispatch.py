"""Hands accepted messages to engine hosts: a lane for each number with something to send, woken by bells and a poll."""

import asyncio
from collections.abc import Callable

from messageapi.bus.subjects import BELL_NUMBERS, BELL_ROOM, BELL_SEND
from messageapi.messages.queue.claim import busy
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop
from messageapi.workers.pace import Pace
from messageapi.workers.sending.courier import Courier
from messageapi.workers.sending.lane import Lane

POLL_S = 5.0
STOP_S = 5.0
TOGETHER_S = 0.02


class Dispatcher:
    """One in every worker: the database decides which of them gets a number's messages."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._lanes: dict[str, Lane] = {}
        self._pace = Pace(TOGETHER_S)
        self._courier = Courier(doors.bus)
        self._poll = Loop("dispatch", self.poll, POLL_S)
        self._unlisten: list[Callable[[], None]] = []

    async def start(self) -> None:
        bells = self._doors.bells
        self._unlisten = [
            bells.listen(BELL_SEND, self.wake),
            bells.listen(BELL_NUMBERS, self.wake),
            bells.listen(BELL_ROOM, self._room),
        ]
        self._poll.start()

    async def stop(self) -> None:
        """What was claimed is still handed over; nothing more is claimed."""
        for unlisten in self._unlisten:
            unlisten()
        await self._poll.stop()
        await asyncio.gather(*(lane.stop(STOP_S) for lane in self._lanes.values()))

    def wake(self, number_id: str) -> None:
        lane = self._lanes.get(number_id)
        if lane is None:
            lane = self._lanes[number_id] = Lane(self._doors, self._courier, number_id, self._pace)
        lane.wake()

    def _room(self, number_id: str) -> None:
        lane = self._lanes.get(number_id)
        if lane and lane.more:
            lane.wake()

    async def poll(self) -> None:
        """The net under the bells: every number that has something waiting or under way."""
        numbers = await busy(self._doors)
        for number_id in self._lanes.keys() - numbers:
            if self._lanes[number_id].idle:
                del self._lanes[number_id]
        for number_id in numbers:
            self.wake(number_id)
