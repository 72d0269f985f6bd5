"""Follows linking: keeps the newest QR or code of each number in memory alone, and has the end of it written down."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import msgspec

from messageapi import logs
from messageapi.bus import subjects
from messageapi.bus.port import Reply, Subscription
from messageapi.engines.port import HostGone, Linked, PairingCode, PairingFailed, PairingUpdate, Qr, Shown
from messageapi.errors import DoorError
from messageapi.numbers.linking import pairing
from messageapi.web.doors import Doors

TRIES = 5
GRACE_S = 1.0  # the last word of a host may be under way when its end is reported
_updates = msgspec.msgpack.Decoder(PairingUpdate)
_gone = msgspec.msgpack.Decoder(HostGone)
_log = logs.log("pairing")


class _Newest(NamedTuple):
    epoch: int
    event: Qr | PairingCode


class Pairings:
    """One in every worker. What it shows expires by itself; what it writes is guarded, so the first one wins."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._newest: dict[str, _Newest] = {}
        self._subscriptions: list[Subscription] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        bus = self._doors.bus
        self._subscriptions = [
            await bus.subscribe(subjects.PAIRINGS, self._on_update),
            await bus.subscribe(subjects.SHOWN, self._on_asked, queue="worker"),
            await bus.subscribe(subjects.HOSTS_GONE, self._on_gone),
        ]

    async def stop(self) -> None:
        for subscription in self._subscriptions:
            await subscription.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._newest.clear()

    async def settle(self) -> None:
        """Return when everything heard so far is written down."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _on_update(self, _: str, payload: bytes, __: Reply | None) -> None:
        update = _updates.decode(payload)
        number_id, epoch = update.number_id, update.epoch
        match update.event:
            case Qr() | PairingCode() as event:
                self._show(number_id, _Newest(epoch, event))
            case Linked() as event:
                self._newest.pop(number_id, None)
                self._begin(partial(self._linked, number_id, epoch, event))
            case PairingFailed(code=code):
                self._newest.pop(number_id, None)
                _log.info("linking failed", number=number_id, code=code)
                self._begin(partial(pairing.failed, self._doors, number_id, epoch, code))

    def _show(self, number_id: str, newest: _Newest) -> None:
        known = self._newest.get(number_id)
        if known and known.epoch > newest.epoch:
            return  # the last word of a linking that was started anew
        now = self._doors.clock()
        self._newest = {number: one for number, one in self._newest.items() if one.event.expires_at > now}
        self._newest[number_id] = newest

    async def _on_asked(self, subject: str, _: bytes, reply: Reply | None) -> None:
        newest = self._newest.get(subject.rpartition(".")[2])
        if reply:
            await reply(msgspec.msgpack.encode(Shown(newest.event if newest else None)))

    async def _on_gone(self, _: str, payload: bytes, __: Reply | None) -> None:
        self._begin(partial(self._host_ended, _gone.decode(payload).host_id))

    async def _linked(self, number_id: str, epoch: int, event: Linked) -> None:
        if await pairing.linked(self._doors, number_id, epoch, event):
            _log.info("linked", number=number_id)

    async def _host_ended(self, host_id: str) -> None:
        await asyncio.sleep(GRACE_S)
        await pairing.host_ended(self._doors, host_id)

    def _begin(self, work: Callable[[], Awaitable[object]]) -> None:
        task = asyncio.create_task(_persistently(work), name="pairing")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _persistently(work: Callable[[], Awaitable[object]]) -> None:
    """A phone links once: the word of it must not be lost to a busy moment of the database."""
    for attempt in range(1, TRIES + 1):
        try:
            await work()
        except DoorError as problem:
            _log.error("the end of a linking is not written down yet", code=problem.code, attempt=attempt)
            await asyncio.sleep(attempt)
        else:
            return
