"""Carries jobs of several numbers to their engine host in one request: lanes that claim together submit together."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from messageapi.bus.port import Bus, BusError
from messageapi.engines.port import Answer, Answers, Submit, Submits
from messageapi.numbers.asking.hosts import tell

DEADLINE_S = 5.0
MOST_BYTES = 768 * 1024
"""Of jobs in one request; the bus carries 1 MiB."""

Waiting = tuple[Submit, int, asyncio.Future[Answer]]


class Courier:
    """One in every dispatcher."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: dict[str, list[Waiting]] = defaultdict(list)
        self._under_way: set[asyncio.Task[None]] = set()

    async def submit(self, host_id: str, command: Submit, size: int) -> Answer:
        """Raise BusError when the host does not answer in time. `size`: of the jobs in it, in bytes."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._leave)  # when all who were answered with this one have come
        self._waiting[host_id].append((command, size, answer))
        return await answer

    def _leave(self) -> None:
        waiting, self._waiting = self._waiting, defaultdict(list)
        for host_id, given in waiting.items():
            for load in _loads(given):
                task = asyncio.create_task(self._carry(host_id, load), name="courier")
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _carry(self, host_id: str, load: Sequence[Waiting]) -> None:
        commands = [command for command, _, _ in load]
        command = Submits(commands) if len(commands) > 1 else commands[0]
        try:
            given = await tell(self._bus, host_id, command, DEADLINE_S)
        except BusError as problem:
            _settle(load, [problem] * len(load))
            return
        answers = given.answers if isinstance(given, Answers) else [given] * len(load)
        _settle(load, answers)


def _settle(load: Sequence[Waiting], answers: Sequence[Answer | BusError]) -> None:
    for (_, _, waiter), answer in zip(load, answers, strict=True):
        if waiter.done():  # the lane was stopped meanwhile
            continue
        if isinstance(answer, BusError):
            waiter.set_exception(answer)
        else:
            waiter.set_result(answer)


def _loads(given: Sequence[Waiting]) -> list[list[Waiting]]:
    loads: list[list[Waiting]] = [[]]
    room = MOST_BYTES
    for each in given:
        if loads[-1] and each[1] > room:
            loads.append([])
            room = MOST_BYTES
        loads[-1].append(each)
        room -= each[1]
    return loads
