"""A host in this process with the scripted engine, a worker that takes what it hands over, and nothing native."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from messageapi.blobs.folder import FolderBlobs
from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.bus.port import Reply
from messageapi.engines.batches import EventBatch, Handed, Taken
from messageapi.engines.host import keeper
from messageapi.engines.host.host import Host, HostConfig
from messageapi.engines.port import (
    Answer,
    Command,
    EngineEvent,
    OpenSession,
    PairingEvent,
    PairingUpdate,
    SendJob,
    SessionSpec,
    Submit,
)
from messageapi.engines.scripted import ScriptedEngine, ScriptedSession
from messageapi.vocab.content import Letter, Text

DEADLINE = 20.0
KEY = bytes(range(32))
E = TypeVar("E")

_answers = msgspec.msgpack.Decoder(Answer)
_batches = msgspec.msgpack.Decoder(EventBatch)


class Worker:
    """Takes batches unless it is `away`, which it says, or `silent`. `events` are those taken, in order, with their
    sequence numbers in `seqs`.
    """

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus
        self.away = self.silent = False
        self.batches: list[EventBatch] = []
        self.events: list[EngineEvent] = []
        self.seqs: list[int] = []
        self.pairing: list[PairingEvent] = []
        self._changed = asyncio.Condition()

    async def listen(self) -> None:
        await self._bus.subscribe(subjects.INBOXES, self._take)
        await self._bus.subscribe(subjects.PAIRINGS, self._note)

    async def tell(self, host_id: str, command: Command) -> Answer:
        payload = msgspec.msgpack.encode(command)
        answer: Answer = _answers.decode(await self._bus.ask(subjects.host(host_id), payload, deadline_s=DEADLINE))
        return answer

    async def until(self, met: Callable[[], object]) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(met), DEADLINE)

    async def first(self, kind: type[E], message_id: str = "") -> E:
        """The first event of this kind, of that message if one is named."""

        def found() -> list[E]:
            return [
                event
                for event in self.events
                if isinstance(event, kind) and message_id in {"", getattr(event, "message_id", "")}
            ]

        await self.until(found)
        return found()[0]

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def _take(self, _subject: str, payload: bytes, reply: Reply | None) -> None:
        batches = [_batches.decode(each) for each in msgspec.msgpack.decode(payload, type=Handed).batches]
        self.batches += batches
        if reply and not self.silent:
            await reply(msgspec.msgpack.encode(Taken([None if self.away else self._add(each) for each in batches])))
        async with self._changed:
            self._changed.notify_all()

    def _add(self, batch: EventBatch) -> int:
        self.events += batch.events
        self.seqs += range(batch.first, batch.first + len(batch.events))
        return self.seqs[-1]

    async def _note(self, _subject: str, payload: bytes, _reply: Reply | None) -> None:
        self.pairing.append(msgspec.msgpack.decode(payload, type=PairingUpdate).event)
        async with self._changed:
            self._changed.notify_all()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that closes waits for a send that hangs only a moment."""
    monkeypatch.setattr(keeper, "_LAST_SEND_S", 0.2)


@pytest.fixture
async def memory() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
async def worker(memory: MemoryBus) -> Worker:
    worker = Worker(memory)
    await worker.listen()
    return worker


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


MakeHost = Callable[..., Awaitable[Host]]


@pytest.fixture
async def make_host(memory: MemoryBus, engine: ScriptedEngine, tmp_path: Path) -> AsyncIterator[MakeHost]:
    """`await make_host("h2", kind="pairing")`: all hosts of a test share the session folders and the files."""
    made: list[Host] = []
    blobs = FolderBlobs(tmp_path / "blobs")

    async def make(host_id: str = "h1", **config: object) -> Host:
        settings = {"kind": "engine", "network": "sandbox", "busUrl": "", "sessions": str(tmp_path / "sessions")}
        host = Host(msgspec.convert({"hostId": host_id, **settings, **config}, HostConfig), memory, engine, blobs)
        await host.start()
        made.append(host)
        return host

    yield make
    for host in made:
        host.stop()
        await asyncio.wait_for(host.stopped.wait(), DEADLINE)


@pytest.fixture
async def host(make_host: MakeHost, worker: Worker) -> Host:
    return await make_host()


@pytest.fixture
def spec() -> SessionSpec:
    return SessionSpec("num_1", 1, "sandbox", "folder1", KEY, "4915100000001:2@s.whatsapp.net")


@pytest.fixture
async def session(host: Host, worker: Worker, engine: ScriptedEngine, spec: SessionSpec) -> ScriptedSession:
    """Number num_1, open and connected on host h1."""
    await worker.tell("h1", OpenSession(spec))
    await worker.until(lambda: worker.events)
    return engine.sessions["num_1"]


Send = Callable[..., Awaitable[Answer]]


@pytest.fixture
def submit(worker: Worker) -> Send:
    """`await submit("a", "b")`: messages by these ids, which are their texts as well. `a:8@lid` is one to 8@lid."""

    async def give(*ids: str, text: str = "", deadline_ms: int = 10_000, expires_at: int | None = None) -> Answer:
        named = [one.partition(":") for one in ids]
        jobs = [
            SendJob(one, 1, chat or "7@lid", Letter(content=Text(text or one)), expires_at) for one, _, chat in named
        ]
        seen = worker.seqs[-1] if worker.seqs else 0
        return await worker.tell("h1", Submit("num_1", 1, jobs, deadline_ms, seen))

    return give
