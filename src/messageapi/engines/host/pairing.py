"""Links one number in a short-lived process: the protocol library cannot end a session that never paired."""

import asyncio
from pathlib import Path

import msgspec

from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError
from messageapi.engines.contract import Engine
from messageapi.engines.host.folder import Folder, FolderError
from messageapi.engines.host.sessions import RefusedError
from messageapi.engines.port import (
    Answer,
    Done,
    EngineError,
    Network,
    PairingEvent,
    PairingFailed,
    PairingUpdate,
    StartPairing,
)
from messageapi.logs import log

LIMIT_S = 170.0  # WhatsApp's own codes run out after 160 s

_encoder = msgspec.msgpack.Encoder()


class Pairing:
    """`start` once a process. What happens is published; the process is ended by whoever started it."""

    def __init__(self, bus: Bus, engine: Engine, sessions: Path, network: Network) -> None:
        self._bus, self._engine, self._sessions, self._network = bus, engine, sessions, network
        self._updates: asyncio.Queue[PairingEvent] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, command: StartPairing) -> Answer:
        spec = command.spec
        if self._tasks:
            raise RefusedError("host_full", "This host is linking a number already.")
        if spec.network != self._network:
            raise RefusedError("wrong_network", f"This host serves the network {self._network}.")
        try:
            folder = Folder.hold(self._sessions / Path(spec.folder).name)
        except FolderError as problem:
            raise RefusedError("engine_failed", f"{str(problem).capitalize()}.") from problem
        self._tasks = [
            asyncio.create_task(self._publish(spec.number_id, spec.epoch)),
            asyncio.create_task(self._pair(command, folder)),
        ]
        return Done()

    async def _pair(self, command: StartPairing, folder: Folder) -> None:
        loop = asyncio.get_running_loop()

        def report(event: PairingEvent) -> None:
            loop.call_soon_threadsafe(self._updates.put_nowait, event)

        try:
            pairing = self._engine.pair(command.spec, str(folder.path), command.phone, report)
            await asyncio.wait_for(pairing, LIMIT_S)
        except TimeoutError:
            report(PairingFailed("timeout", "The phone did not link the device in time."))
        except EngineError as problem:
            report(PairingFailed(problem.code, problem.detail))
        except Exception as problem:  # noqa: BLE001 - somebody waits for the end of this
            log("engine-host").error("pairing_failed", problem=type(problem).__name__)
            report(PairingFailed("crashed", "Linking failed inside the host."))

    async def _publish(self, number_id: str, epoch: int) -> None:
        """Until the process ends. Codes are credentials: they go on the bus and nowhere else."""
        while True:
            update = PairingUpdate(number_id, epoch, await self._updates.get())
            try:
                await self._bus.publish(subjects.pairing(number_id), _encoder.encode(update))
            except BusError as problem:
                log("engine-host").warning("pairing_not_published", problem=problem.code)
