"""The host itself: everything it consists of, started and stopped in order."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from messageapi.blobs.port import Blobs
from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError, Reply
from messageapi.engines.contract import Engine
from messageapi.engines.host.commands.downloads import Downloads
from messageapi.engines.host.commands.table import Commands
from messageapi.engines.host.handover import Handover
from messageapi.engines.host.lease import Lease
from messageapi.engines.host.pairing import LIMIT_S, Pairing
from messageapi.engines.host.sessions import Sessions, overdue
from messageapi.engines.host.surroundings import Surroundings
from messageapi.engines.port import HostBeat, Network
from messageapi.logs import log
from messageapi.vocab.clock import now_ms

_BEAT_S = 2.0
_WATCH_S = 0.1
_LAST_EVENTS_S = 0.7

_encoder = msgspec.msgpack.Encoder()


class HostConfig(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the parent says in the first line on stdin."""

    host_id: str
    kind: Literal["engine", "pairing"]
    network: Network
    bus_url: str
    sessions: str
    capacity: int = 100
    sandbox_folder: str = ""
    blobs_url: str = ""  # as in the settings; it may hold a secret
    blobs_folder: str = ""  # where files lie when there is no url; a host with neither sends no files
    log_level: str = "info"
    log_style: Literal["text", "json"] = "text"
    engine: Literal["linked", "scripted"] = "linked"


class Host:
    """Runs from `start` until `stopped` is set; `stop` may be called from a signal handler of the loop."""

    def __init__(self, config: HostConfig, bus: Bus, engine: Engine, blobs: Blobs | None = None) -> None:
        self._config, self._bus = config, bus
        self.lease = Lease()
        handover = Handover(bus, config.host_id)
        self._around = around = Surroundings(
            config.host_id, bus, engine, handover, lambda: not self.lease.lapsed, self.stop
        )
        self.sessions = Sessions(around, Path(config.sessions), config.network, config.capacity)
        pairing = None
        if config.kind == "pairing":
            pairing = Pairing(bus, engine, Path(config.sessions), config.network)
        self.commands = Commands(self.sessions, pairing, Downloads(blobs), self.stop)
        self.stopped = asyncio.Event()
        self.on_stop: Callable[[], None] = lambda: None
        self._tasks: list[asyncio.Task[None]] = []
        self._watching = threading.Event()

    async def start(self) -> None:
        """Listen. When this returns, commands are answered."""
        await self._bus.subscribe(subjects.PLACER_BEAT, self._placer_beat)
        await self._bus.subscribe(subjects.host(self._config.host_id), self.commands.handle, concurrent=True)
        self._around.handover.start()
        self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._keep_lease())]
        if self._config.kind == "pairing":
            self._tasks.append(asyncio.create_task(self._end_by_itself()))
        threading.Thread(target=self._watch, daemon=True, name="deadlines").start()

    def stop(self) -> None:
        if not self.commands.stopping:
            self.commands.stopping = True
            self.on_stop()
            self._tasks.append(asyncio.create_task(self._stop()))

    async def _stop(self) -> None:
        await self._say_beat()
        await self.sessions.close_all(last_events_s=_LAST_EVENTS_S)
        self._watching.set()
        self._around.syncing.stop()
        await self._around.handover.stop()
        self.stopped.set()

    async def _beat(self) -> None:
        while True:
            await self._say_beat()
            await asyncio.sleep(_BEAT_S)

    async def _say_beat(self) -> None:
        config = self._config
        beat = HostBeat(
            host_id=config.host_id,
            network=config.network,
            kind=config.kind,
            capacity=config.capacity,
            sessions=self.sessions.epochs(),
            pid=os.getpid(),
            at=now_ms(),
            stopping=self.commands.stopping,
        )
        try:
            await self._bus.publish(subjects.BEATS, _encoder.encode(beat))
        except BusError as problem:
            log("engine-host").warning("beat_not_published", problem=problem.code)

    async def _placer_beat(self, _subject: str, _payload: bytes, _reply: Reply | None) -> None:
        self.lease.heard()

    async def _keep_lease(self) -> None:
        """Without a placer somebody else may be given these numbers: let go of them first."""
        while True:
            await asyncio.sleep(_WATCH_S)
            if self.lease.lapsed:
                held = len(self.sessions.all())
                log("engine-host").error("placer_silent", numbers=held)
                await self.sessions.close_all()
                self.lease.give_up()

    async def _end_by_itself(self) -> None:
        """Whoever started a pairing host ends it; if they are gone, it must not stay."""
        await asyncio.sleep(2 * LIMIT_S)
        self.stop()

    def _watch(self) -> None:
        while not self._watching.wait(_WATCH_S):
            overdue(self.sessions.all())


def end_at_the_latest(seconds: float, code: int) -> None:
    """A stop that does not come to its end is ended."""

    def end() -> None:
        time.sleep(seconds)
        os._exit(code)

    threading.Thread(target=end, daemon=True, name="end").start()
