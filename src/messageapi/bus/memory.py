"""The bus within one process: the twin of NATS for tests, held to the same contract."""

import asyncio
import random
from collections import defaultdict

from messageapi.bus.lane import Lane
from messageapi.bus.limits import check_payload, closed, no_answer, no_listener
from messageapi.bus.port import Handler, Reply


class _Listener:
    def __init__(self, bus: "MemoryBus", subject: str, queue: str, lane: Lane) -> None:
        self._bus = bus
        self.pattern = subject.split(".")
        self.queue = queue
        self.lane = lane

    def hears(self, tokens: list[str]) -> bool:
        for position, wanted in enumerate(self.pattern):
            if wanted == ">":
                return len(tokens) > position
            if position >= len(tokens) or wanted not in ("*", tokens[position]):
                return False
        return len(tokens) == len(self.pattern)

    async def stop(self) -> None:
        self._bus.listeners.discard(self)
        await self.lane.finish()


class MemoryBus:
    """Everybody who shares the object shares the bus."""

    def __init__(self) -> None:
        self.listeners: set[_Listener] = set()
        self._asking: set[asyncio.Future[bytes]] = set()
        self._closed = False

    async def publish(self, subject: str, payload: bytes) -> None:
        self._check(subject, payload)
        self._deliver(subject, payload, None)

    async def ask(self, subject: str, payload: bytes, *, deadline_s: float) -> bytes:
        self._check(subject, payload)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def reply(payload: bytes) -> None:
            self._check(subject, payload)
            if not answer.done():
                answer.set_result(payload)

        if not self._deliver(subject, payload, reply):
            raise no_listener(subject)
        self._asking.add(answer)
        try:
            return await asyncio.wait_for(answer, deadline_s)
        except TimeoutError:
            raise no_answer(subject, deadline_s) from None
        finally:
            self._asking.discard(answer)

    async def subscribe(
        self, subject: str, handler: Handler, *, queue: str = "", concurrent: bool = False
    ) -> _Listener:
        if self._closed:
            raise closed()
        listener = _Listener(self, subject, queue, Lane(handler, concurrent=concurrent))
        self.listeners.add(listener)
        return listener

    async def ping(self) -> None:
        if self._closed:
            raise closed()

    async def close(self) -> None:
        self._closed = True
        for answer in self._asking:
            if not answer.done():
                answer.set_exception(closed())
        await asyncio.gather(*(listener.stop() for listener in list(self.listeners)))

    def _check(self, subject: str, payload: bytes) -> None:
        if self._closed:
            raise closed()
        check_payload(subject, payload)

    def _deliver(self, subject: str, payload: bytes, reply: Reply | None) -> bool:
        tokens = subject.split(".")
        groups: dict[str, list[_Listener]] = defaultdict(list)
        chosen: list[_Listener] = []
        for listener in self.listeners:
            if listener.hears(tokens):
                (groups[listener.queue] if listener.queue else chosen).append(listener)
        chosen += [random.choice(members) for members in groups.values()]  # noqa: S311 - spreading load, not secrets
        for listener in chosen:
            listener.lane.put(subject, payload, reply)
        return bool(chosen)
