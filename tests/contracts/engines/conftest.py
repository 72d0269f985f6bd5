"""One number in a host, seen from a worker: once with the scripted twin, once with the real client on our own network.

Native code runs in host processes only, never in this one.
"""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.memory import MemoryBus
from messageapi.bus.nats import connect
from messageapi.bus.port import Bus, Reply
from messageapi.bus.server import NatsServer
from messageapi.engines.batches import EventBatch, Handed, Taken
from messageapi.engines.host.host import Host, HostConfig
from messageapi.engines.linked.trust import host_environment
from messageapi.engines.port import (
    Answer,
    Command,
    Connected,
    Done,
    Ended,
    EngineEvent,
    Found,
    Linked,
    OpenSession,
    PairingCode,
    PairingEvent,
    PairingFailed,
    PairingUpdate,
    Qr,
    SendJob,
    SessionSpec,
    StartPairing,
    Submit,
)
from messageapi.engines.scripted import HANG, ScriptedEngine, refuse
from messageapi.sandbox.client import SandboxControl
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Text, words

DEADLINE = 40.0
KEY = bytes(range(32))
E = TypeVar("E")

_answers = msgspec.msgpack.Decoder(Answer)
_batches = msgspec.msgpack.Decoder(EventBatch)
_digits = itertools.count(20_000_000)


class Worker:
    """Tells hosts what to do and takes what they report, unless `away`."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.away = False
        self.events: list[EngineEvent] = []
        self.seqs: list[int] = []
        self.offered: list[EngineEvent] = []  # in the newest batch that was not taken
        self._taken: dict[str, int] = {}
        self.pairing: list[PairingEvent] = []
        self._changed = asyncio.Condition()

    async def listen(self) -> None:
        await self.bus.subscribe(subjects.INBOXES, self._take)
        await self.bus.subscribe(subjects.PAIRINGS, self._note)

    @property
    def seen(self) -> int:
        """The last event that was taken in."""
        return self.seqs[-1] if self.seqs else 0

    async def tell(self, host_id: str, command: Command) -> Answer:
        payload = msgspec.msgpack.encode(command)
        answer: Answer = _answers.decode(await self.bus.ask(subjects.host(host_id), payload, deadline_s=DEADLINE))
        return answer

    async def until(self, met: Callable[[], object]) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(met), DEADLINE)

    async def first(self, kind: type[E], message_id: str = "", after: int = 0) -> E:
        """The first event of this kind (and of that message) behind the first `after` events."""

        def found() -> list[E]:
            return [
                event
                for event in self.events[after:]
                if isinstance(event, kind) and message_id in {"", getattr(event, "message_id", "")}
            ]

        await self.until(found)
        return found()[0]

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def _take(self, _subject: str, payload: bytes, reply: Reply | None) -> None:
        batches = [_batches.decode(each) for each in msgspec.msgpack.decode(payload, type=Handed).batches]
        if self.away:
            self.offered = [event for batch in batches for event in batch.events]
        elif reply:
            for batch in batches:
                self._commit(batch)
            await reply(msgspec.msgpack.encode(Taken([self._taken[batch.number_id] for batch in batches])))
        async with self._changed:
            self._changed.notify_all()

    def _commit(self, batch: EventBatch) -> None:
        """As a worker does: what was taken before a host died is known by its sequence number."""
        taken = self._taken.setdefault(batch.number_id, batch.first - 1)
        for seq, event in enumerate(batch.events, batch.first):
            if seq > taken:
                self.events.append(event)
                self.seqs.append(seq)
        self._taken[batch.number_id] = max(taken, batch.first + len(batch.events) - 1)

    async def _note(self, _subject: str, payload: bytes, _reply: Reply | None) -> None:
        self.pairing.append(msgspec.msgpack.decode(payload, type=PairingUpdate).event)
        async with self._changed:
            self._changed.notify_all()


class World:
    """One linked number on host h1 and one person it writes to."""

    worker: Worker
    spec: SessionSpec
    person: str  # the address messages go to
    stranger: str  # an address nobody has

    async def open(self, host_id: str = "h1") -> None:
        before = len(self.worker.events)
        assert await self.worker.tell(host_id, OpenSession(self.spec)) == Done()
        await self.worker.first(Connected, after=before)

    async def post(self, message_id: str, letter: Letter, to: str = "") -> None:
        job = SendJob(message_id, 1, to or self.person, letter)
        command = Submit(self.spec.number_id, self.spec.epoch, [job], 20_000, self.worker.seen)
        assert await self.worker.tell("h1", command) == Done()

    async def submit(
        self, *ids: str, text: str = "", to: str = "", deadline_ms: int = 20_000, typing_ms: int = 0
    ) -> None:
        letters = [(one, Letter(content=Text(text or one), typing_ms=typing_ms)) for one in ids]
        jobs = [SendJob(one, 1, to or self.person, letter) for one, letter in letters]
        command = Submit(self.spec.number_id, self.spec.epoch, jobs, deadline_ms, self.worker.seen)
        assert await self.worker.tell("h1", command) == Done()

    def phone_of(self, address: str) -> str:
        """E.164."""
        return f"+{address.partition('@')[0]}"


class ScriptedWorld(World):
    def __init__(self, folder: Path) -> None:
        self.worker = Worker(MemoryBus())
        self.engine = ScriptedEngine()
        self.engine.people["+7"] = Found("+7", "7@s.whatsapp.net", "7@lid", on_whatsapp=True)
        self.spec = SessionSpec("num_1", 1, "sandbox", "folder1", KEY, "4915100000001:2@s.whatsapp.net")
        self.person, self.stranger = "7@lid", "8@lid"
        settings = {"hostId": "h1", "kind": "engine", "network": "sandbox", "busUrl": "", "sessions": str(folder)}
        config = msgspec.convert(settings, HostConfig)
        self.host = Host(config, self.worker.bus, self.engine)
        self.pairing_host = Host(
            msgspec.structs.replace(config, host_id="p1", kind="pairing"), self.worker.bus, self.engine
        )

    async def start(self) -> None:
        await self.worker.listen()
        await self.host.start()
        await self.pairing_host.start()

    async def stop(self) -> None:
        for host in (self.host, self.pairing_host):
            host.stop()
            await asyncio.wait_for(host.stopped.wait(), DEADLINE)

    @property
    def session(self) -> Any:
        return self.engine.sessions["num_1"]

    async def link(self, phone: str = "") -> Linked:
        assert await self.worker.tell("p1", StartPairing(self.spec, phone)) == Done()
        return await self.linked()

    async def linked(self) -> Linked:
        await self.worker.until(lambda: isinstance(self.worker.pairing[-1], Linked) if self.worker.pairing else False)
        linked = self.worker.pairing[-1]
        assert isinstance(linked, Linked)
        return linked

    async def arrived(self, texts: int) -> list[str]:
        return [words(job.letter.content) for job in self.session.sent[:texts]]

    async def says(self, text: str) -> None:
        self.session.receive(text)

    async def receipts(self, wa_id: str) -> None:
        self.session.receipt([wa_id], "delivered")
        self.session.receipt([wa_id], "read")

    async def break_connection(self) -> None:
        self.session.drop()
        self.session.come_up()

    async def lose_an_acknowledgement(self) -> None:
        self.session.script.append(HANG)

    async def expect_stranger(self) -> None:
        self.session.script.append(refuse("not_on_whatsapp"))
        self.engine.strangers.add(self.phone_of(self.stranger))

    async def log_out(self) -> None:
        self.session.end(Ended(now_ms(), "logged_out", "The device was logged out."))

    async def replace(self) -> None:
        self.session.end(Ended(now_ms(), "replaced", "Another program uses this linked device."))


def start_host(log: Path, first_line: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "messageapi.engines.host.run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=os.environ | environment,
        )
    assert process.stdin
    process.stdin.write(first_line.encode() + b"\n")
    process.stdin.close()
    return process


class LinkedWorld(World):
    """Host processes, a bus and our own WhatsApp network. `said` keeps what every process printed."""

    def __init__(self, folder: Path, sandbox: Path) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.control = SandboxControl.from_folder(sandbox)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.said: dict[str, Path] = {}
        self.log_level = "info"
        number = next(_digits)
        self.phone, self.other = f"+49151{number}", f"+49152{number}"
        self.spec = SessionSpec(f"num_{number}", 1, "sandbox", f"folder{number}", KEY)
        self.person = f"{self.other[1:]}@s.whatsapp.net"
        self.stranger = f"49153{number}@s.whatsapp.net"

    async def start(self) -> None:
        self._nats = NatsServer()
        (self.folder / "nats").mkdir()
        self._url = await self._nats.start(self.folder / "nats")
        self.worker = Worker(await connect(self._url))
        await self.worker.listen()
        for phone in (self.phone, self.other):
            await self.control.create_phone(phone)

    async def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        await self.control.close()
        await self.worker.bus.close()
        await self._nats.stop()

    async def host(self, host_id: str, kind: str = "engine") -> subprocess.Popen[bytes]:
        told = {"hostId": host_id, "kind": kind, "network": "sandbox", "busUrl": self._url, "capacity": 10}
        told |= {"sessions": str(self.folder / "sessions"), "sandboxFolder": str(self.sandbox)}
        told |= {"blobsFolder": str(self.folder / "blobs")}
        told |= {"logLevel": self.log_level, "logStyle": "json"}
        self.said[host_id] = self.folder / f"{host_id}.{len(self.said)}.log"
        process = start_host(self.said[host_id], json.dumps(told), host_environment("sandbox", self.sandbox))
        assert process.stdout
        assert await asyncio.to_thread(process.stdout.readline) == b"ready\n", self.said[host_id].read_text()
        self.processes[host_id] = process
        return process

    async def open(self, host_id: str = "h1") -> None:
        if not self.spec.jid:
            await self.link()
        if host_id not in self.processes or self.processes[host_id].poll() is not None:
            await self.host(host_id)
        await super().open(host_id)

    def end(self, host_id: str, how: signal.Signals = signal.SIGKILL) -> None:
        self.processes[host_id].send_signal(how)
        self.processes[host_id].wait(DEADLINE)

    async def link(self, phone: str = "") -> Linked:
        """By QR, or by a code when given a phone number."""
        pairing = await self.host("p1", "pairing")
        assert await self.worker.tell("p1", StartPairing(self.spec, phone)) == Done()
        await self.worker.until(lambda: self.worker.pairing)
        shown = self.worker.pairing[0]
        if isinstance(shown, Qr):
            await self.control.scan(self.phone, shown.code)
        elif isinstance(shown, PairingCode):
            await self.control.enter_code(self.phone, shown.code)
        linked = await self.linked()
        pairing.kill()
        pairing.wait()
        self.spec = msgspec.structs.replace(self.spec, jid=linked.jid)
        return linked

    async def linked(self) -> Linked:
        await self.worker.until(lambda: isinstance(self.worker.pairing[-1], Linked | PairingFailed))
        linked = self.worker.pairing[-1]
        assert isinstance(linked, Linked), linked
        return linked

    async def arrived(self, texts: int) -> list[str]:
        """What the person's phone received, once it has as many texts."""
        async with asyncio.timeout(DEADLINE):
            while True:
                page = await self.control.inbox(self.other)
                if len(page.messages) >= texts:
                    return [message.text for message in page.messages]
                await self.control.inbox(self.other, page.next, 5)

    async def says(self, text: str) -> None:
        await self.control.send(self.other, self.phone, text)

    async def receipts(self, wa_id: str) -> None:
        """The phone sends them by itself."""

    async def break_connection(self) -> None:
        await self.control.kick(self.phone)

    async def lose_an_acknowledgement(self) -> None:
        await self.control.faults(drop_acks=1)

    async def expect_stranger(self) -> None:
        """Nobody has that number."""

    async def log_out(self) -> None:
        await self.control.unlink(self.phone)

    async def replace(self) -> None:
        await self.control.replace(self.phone)


@pytest.fixture(scope="session")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One network for all these tests: each takes numbers of its own."""
    folder = tmp_path_factory.mktemp("network")
    command = [sys.executable, "-m", "messageapi.sandbox.run", "--data", str(folder), "--die-with-parent"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    yield folder
    process.terminate()
    process.wait(DEADLINE)


@pytest.fixture
async def linked(tmp_path: Path, sandbox_folder: Path) -> AsyncIterator[LinkedWorld]:
    world = LinkedWorld(tmp_path, sandbox_folder)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def scripted(tmp_path: Path) -> AsyncIterator[ScriptedWorld]:
    world = ScriptedWorld(tmp_path)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture(params=["scripted", "linked"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue(request.param)
    return found
