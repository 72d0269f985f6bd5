"""Decides which engine host holds which number, and tells the hosts. The placer is the worker that has the lease."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable

import msgspec

from messageapi import logs
from messageapi.bus import subjects
from messageapi.bus.port import BusError, Reply, Subscription
from messageapi.engines.port import Answer, CloseSession, HostBeat, HostGone, OpenSession, Refused
from messageapi.errors import DoorError
from messageapi.numbers.asking.hosts import tell
from messageapi.numbers.placing import placement, plan
from messageapi.numbers.placing.placement import Assigned, Lease, LeaseLost
from messageapi.numbers.placing.plan import Close, Lost, View
from messageapi.web.doors import Doors
from messageapi.workers.loop import Loop
from messageapi.workers.placing.commands import Commands
from messageapi.workers.placing.fleet import Fleet

EVERY_S = 1.0
OPEN_DEADLINE_S = 20.0
CLOSE_DEADLINE_S = 10.0

_beats = msgspec.msgpack.Decoder(HostBeat)
_gone = msgspec.msgpack.Decoder(HostGone)
_log = logs.log("placer")


class Placer:
    """Tests call `tick` themselves; `start` calls it every second and whenever something changed."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._holder = secrets.token_hex(8)
        self._alone = not doors.settings.nats_url  # a bus of our own: no host outlives this process
        self._lease: Lease | None = None
        self._fleet = Fleet()
        self._commands = Commands()
        self._settled: dict[str, int] = {}
        self._loop = Loop("placer", self._turn, EVERY_S / 2)
        self._voice = Loop("placer beat", self._speak, EVERY_S)
        self._next_tick = 0.0
        self._subscriptions: list[Subscription] = []
        self._unlisten: Callable[[], None] = lambda: None

    @property
    def leads(self) -> bool:
        return self._lease is not None

    async def start(self) -> None:
        if self._alone:
            await placement.start_over(self._doors)
            self._voice.start()
        await self.listen()
        self._loop.start()

    async def listen(self) -> None:
        """Hear hosts and bells; everything else happens in `tick`."""
        bus = self._doors.bus
        self._subscriptions.append(await bus.subscribe(subjects.BEATS, self._on_beat))
        self._subscriptions.append(await bus.subscribe(subjects.HOSTS_GONE, self._on_gone))
        self._unlisten = self._doors.bells.listen(subjects.BELL_NUMBERS, lambda _: self._loop.nudge())

    async def stop(self) -> None:
        """Hosts keep their sessions: the next placer takes over, or their parent stops them."""
        self._unlisten()
        await self._loop.stop()
        await self._voice.stop()
        await self._commands.cancel_all()
        for subscription in self._subscriptions:
            await subscription.stop()
        if self._lease:
            with contextlib.suppress(DoorError):
                await placement.give_back(self._doors, self._lease)

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time()
        try:
            if now >= self._next_tick:
                self._next_tick = now + EVERY_S
                await self.tick()
            else:
                await self.act()
        except LeaseLost:
            self._lease = None

    async def tick(self) -> None:
        """Renew the lease, say that the placer lives, move on what is overdue, then place."""
        self._lease = await placement.hold(self._doors, self._holder)
        if self._lease is None:
            return
        if not self._alone:
            await self._speak()
        await self._note_hosts(self._lease)
        await placement.tend(self._doors, self._lease)
        await self.act()

    async def _speak(self) -> None:
        """Hosts that do not hear this close their sessions. Alone it needs no lease: a slow database is no matter."""
        await self._doors.bus.publish(subjects.PLACER_BEAT, b"")

    async def act(self) -> None:
        """Compare what should be held with what is, and put the difference right."""
        if self._lease is None:
            return
        now = self._doors.clock()
        for host_id in self._fleet.fallen_silent(now):
            await self._commands.cancel_to(host_id)
        placements = await placement.read(self._doors)
        self._fleet.expect({one.host_id for one in placements if one.host_id}, now)
        known = {one.number_id for one in placements}
        self._settled = {number: at for number, at in self._settled.items() if number in known}
        view = View(placements, self._fleet.hosts, self._commands.busy, self._settled, self._fleet.unusable, now)
        await self._carry_out(self._lease, plan.make(view))

    async def _carry_out(self, lease: Lease, todo: plan.Plan) -> None:
        if todo.released:
            await placement.release(self._doors, lease, todo.released)
        if todo.lost:
            await placement.lose(self._doors, lease, todo.lost)
            self._loop.nudge()
        if todo.waiting:
            await placement.explain(self._doors, lease, todo.waiting)
        for close in todo.closes:
            self._commands.begin(close.number_id, close.host_id, self._close(close))
        if todo.opens:
            for given in await placement.assign(self._doors, lease, todo.opens):
                host_id = given.placement.host_id or ""
                self._commands.begin(given.placement.number_id, host_id, self._open(lease, given))

    async def settle(self) -> None:
        """Return when every command under way has ended."""
        await self._commands.settle()

    # --- commands to hosts -----------------------------------------------------------------------------------------

    async def _close(self, close: Close) -> None:
        command = CloseSession(close.number_id, close.epoch)
        answer = await self._tell(close.host_id, close.number_id, command, CLOSE_DEADLINE_S)
        if answer is not None:
            self._fleet.closed(close)

    async def _open(self, lease: Lease, given: Assigned) -> None:
        spec, host_id = given.spec, given.placement.host_id or ""
        answer = await self._tell(host_id, spec.number_id, OpenSession(spec), OPEN_DEADLINE_S)
        if isinstance(answer, Refused):
            _log.warning("a host refused a number", host=host_id, number=spec.number_id, code=answer.code)
            self._fleet.refused(host_id, answer.code)
            with contextlib.suppress(LeaseLost):
                await placement.lose(self._doors, lease, [Lost(given.placement, "host_lost")])
        elif answer is not None:
            self._fleet.opened(host_id, spec.number_id, spec.epoch)

    async def _tell(
        self, host_id: str, number_id: str, command: OpenSession | CloseSession, deadline_s: float
    ) -> Answer | None:
        """None when there was no answer: the host's next beat shows what became of it."""
        try:
            return await tell(self._doors.bus, host_id, command, deadline_s)
        except BusError as problem:
            _log.warning("a host did not answer", host=host_id, number=number_id, code=problem.code)
            return None
        finally:
            self._settled[number_id] = self._doors.clock()
            self._loop.nudge()

    # --- what is heard ---------------------------------------------------------------------------------------------

    async def _on_beat(self, _: str, payload: bytes, __: Reply | None) -> None:
        if self._fleet.heard(_beats.decode(payload), self._doors.clock()):
            self._loop.nudge()

    async def _on_gone(self, _: str, payload: bytes, __: Reply | None) -> None:
        gone = _gone.decode(payload)
        self._fleet.gone(gone)
        await self._commands.cancel_to(gone.host_id)
        self._loop.nudge()

    async def _note_hosts(self, lease: Lease) -> None:
        now = self._doors.clock()
        beats = self._fleet.to_note(now)
        if beats:
            await placement.note_hosts(self._doors, lease, beats, now)
