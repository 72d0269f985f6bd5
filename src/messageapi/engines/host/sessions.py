"""The table of numbers this host holds, and the epoch check that fences every command."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from messageapi.engines.host.folder import FolderError
from messageapi.engines.host.held import Held
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.surroundings import Surroundings
from messageapi.engines.port import EngineError, Network, Refused, SessionSpec
from messageapi.logs import log


class RefusedError(Exception):
    """The command cannot be carried out; `answer` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.answer = Refused(code, detail)


class Sessions:
    """Commands of one number are carried out one after another, in the order they arrived."""

    def __init__(self, around: Surroundings, folder: Path, network: Network, capacity: int) -> None:
        self._around, self._folder, self._network, self._capacity = around, folder, network, capacity
        self._held: dict[str, Held] = {}
        self._epochs: dict[str, int] = {}  # the newest seen, kept after a number has gone
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def in_order(self, number_id: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(number_id, asyncio.Lock()):
            yield

    def all(self) -> list[Held]:
        return list(self._held.values())

    def epochs(self) -> list[tuple[str, int]]:
        return [(number_id, held.spec.epoch) for number_id, held in self._held.items()]

    def held(self, number_id: str, epoch: int) -> Held:
        """The number under exactly this epoch."""
        held = self._held.get(number_id)
        if held is None:
            raise RefusedError("unknown_number", "This host does not hold the number.")
        if held.spec.epoch != epoch:
            raise RefusedError("stale_epoch", "The number is held here under another epoch.")
        return held

    async def open(self, spec: SessionSpec) -> None:
        """Hold the number; its connection is reported by events. Doing it twice is harmless."""
        if spec.network != self._network:
            raise RefusedError("wrong_network", f"This host serves the network {self._network}.")
        if spec.epoch < self._epochs.get(spec.number_id, spec.epoch):
            raise RefusedError("stale_epoch", "This host has seen a newer epoch of the number.")
        self._epochs[spec.number_id] = spec.epoch
        held = self._held.get(spec.number_id)
        if held is not None and msgspec.structs.replace(held.spec, epoch=spec.epoch) == spec:
            held.spec = spec
            return
        if held is not None:
            await self._let_go(held)
        self._take_up(spec)

    async def close(self, number_id: str, epoch: int) -> None:
        await self._let_go(self.held(number_id, epoch))

    async def unlink(self, number_id: str, epoch: int) -> None:
        held = self.held(number_id, epoch)
        try:
            await held.keeper.unlink()
        except EngineError as problem:
            raise RefusedError("engine_failed", problem.detail) from problem
        await self._let_go(held)

    async def close_all(self, *, last_events_s: float = 2.0) -> None:
        """The sessions stop one after another, everything else at the same time."""

        async def close(number_id: str) -> None:
            async with self.in_order(number_id):
                if held := self._held.pop(number_id, None):
                    await held.let_go(last_events_s)

        await asyncio.gather(*(close(number_id) for number_id in list(self._held)))

    def _take_up(self, spec: SessionSpec) -> None:
        if len(self._held) >= self._capacity:
            raise RefusedError("host_full", "This host holds as many numbers as it may.")
        if Path(spec.folder).name != spec.folder or spec.folder in {"", ".", ".."}:
            raise RefusedError("engine_failed", "The session folder has an impossible name.")
        try:
            self._held[spec.number_id] = Held.take_up(spec, self._folder / spec.folder, self._around)
        except (FolderError, JournalError) as problem:
            log("engine-host").error("number_not_held", number=spec.number_id, problem=str(problem))
            raise RefusedError("engine_failed", f"{str(problem).capitalize()}.") from problem

    async def _let_go(self, held: Held) -> None:
        self._held.pop(held.spec.number_id, None)
        await held.let_go()


def overdue(held: Iterable[Held]) -> None:
    """Replace every session whose current send has passed its deadline. Called by the watch, on its own thread."""
    for one in held:
        sender = one.keeper.sender
        if sender is not None and sender.overdue():
            one.keeper.replace()
