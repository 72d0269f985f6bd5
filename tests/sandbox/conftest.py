"""A running network, its control interface, and real protocol clients in processes of their own."""

import asyncio
import importlib.util
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from messageapi.engines.linked.trust import host_environment
from messageapi.sandbox.client import InboxMessage, SandboxControl
from messageapi.sandbox.published import Published, read

DEADLINE = 30.0
DRIVER = Path(__file__).with_name("linked_client.py")
COMPANION = Path(__file__).with_name("companion.py")
_numbers = itertools.count(10_000_000)


class SandboxProcess:
    """`python -m messageapi.sandbox.run` on a folder; can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Published:
        command = [sys.executable, "-m", "messageapi.sandbox.run", "--data", str(self.folder), "--die-with-parent"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"
        return self.published

    @property
    def published(self) -> Published:
        return read(self.folder)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self._process
        self._process.send_signal(how)
        return self._process.wait(DEADLINE)

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None


class LinkedClient:
    """The real client. `do` runs a command in it, `event` waits for something it reports."""

    def __init__(self, published: Published, folder: Path, store: Path) -> None:
        self._published = published
        self._folder = folder
        self._store = store
        self._numbers = itertools.count()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Condition()
        self.events: list[dict[str, Any]] = []

    async def start(self) -> "LinkedClient":
        environment = {**os.environ, **host_environment("sandbox", self._folder)}
        command = [sys.executable, str(DRIVER), self._published.front, self._published.root_key, str(self._store)]
        await self.run(command, environment)
        return self

    async def run(self, command: list[str], environment: dict[str, str]) -> None:
        log = self._store.with_suffix(".log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, limit=1 << 26
        )
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            if line.startswith(b'{"'):
                await self._take(json.loads(line))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(RuntimeError("the client process has ended"))

    async def _take(self, said: dict[str, Any]) -> None:
        if "answer" in said:
            answer = self._answers.pop(said["answer"])
            if "error" in said:
                answer.set_exception(RuntimeError(said["error"]))
            else:
                answer.set_result(said["result"])
            return
        async with self._changed:
            self.events.append(said)
            self._changed.notify_all()

    async def do(self, command: str, **arguments: object) -> Any:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"n": number, "do": command, **arguments}).encode() + b"\n")
        return await asyncio.wait_for(answer, DEADLINE)

    async def event(self, kind: str, **having: object) -> dict[str, Any]:
        """The first event of that kind with those values; it is taken out."""

        def found() -> dict[str, Any] | None:
            for event in self.events:
                if event["event"] == kind and all(event.get(name) == value for name, value in having.items()):
                    self.events.remove(event)
                    return event
            return None

        async with self._changed:
            event = await asyncio.wait_for(self._changed.wait_for(found), DEADLINE)
        assert event
        return event

    async def connect(self) -> None:
        await self.do("connect")

    async def link(self, control: SandboxControl, phone: str) -> int:
        """Show a QR code, have the phone scan it, and wait until the client is ready."""
        await self.connect()
        device = await control.scan(phone, (await self.event("qr"))["qr"])
        await self.event("connected")
        return device

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader


MakeClient = Callable[..., Awaitable[LinkedClient]]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One network for all tests of a file: each takes numbers of its own."""
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    process.start()
    yield process
    if process.running():
        assert process.stop() == 0


@pytest.fixture
async def control(sandbox: SandboxProcess) -> AsyncIterator[SandboxControl]:
    async with SandboxControl.from_folder(sandbox.folder) as interface:
        yield interface


@pytest.fixture
async def make_client(sandbox: SandboxProcess, tmp_path: Path) -> AsyncIterator[MakeClient]:
    """`await make_client()` starts a client with a store of its own, or with the store of an earlier one by name."""
    made: list[LinkedClient] = []

    async def make(store: str = "") -> LinkedClient:
        path = tmp_path / f"{store or f'store{len(made)}'}.db"
        client = await LinkedClient(sandbox.published, sandbox.folder, path).start()
        made.append(client)
        return client

    yield make
    for client in made:
        await client.kill()


@pytest.fixture(scope="session")
def client_class() -> type[LinkedClient]:
    """For tests that drive another client by the same JSON lines."""
    return LinkedClient


@pytest.fixture
def new_number() -> Callable[[], str]:
    """Telephone numbers that no other test uses."""
    return lambda: f"+49151{next(_numbers)}"


@pytest.fixture
async def anna(control: SandboxControl, new_number: Callable[[], str]) -> str:
    return (await control.create_phone(new_number(), "Anna")).phone


@pytest.fixture
async def ben(control: SandboxControl, new_number: Callable[[], str]) -> str:
    return (await control.create_phone(new_number(), "Ben")).phone


@pytest.fixture
async def carla(control: SandboxControl, new_number: Callable[[], str]) -> str:
    return (await control.create_phone(new_number(), "Carla")).phone


@pytest.fixture
async def client(make_client: MakeClient, control: SandboxControl, anna: str) -> LinkedClient:
    """A client linked to Anna's phone."""
    linked = await make_client("anna")
    await linked.link(control, anna)
    return linked


ArrivesAt = Callable[..., Awaitable[InboxMessage]]


@pytest.fixture
def arrives_at(control: SandboxControl) -> ArrivesAt:
    """Wait for a text in a phone's inbox."""

    async def wait(phone: str, text: str) -> InboxMessage:
        after = 0
        async with asyncio.timeout(DEADLINE):
            while True:
                page = await control.inbox(phone, after, 5)
                for message in page.messages:
                    if message.text == text:
                        return message
                after = page.next

    return wait


@pytest.fixture
def nothing_kept(control: SandboxControl) -> Callable[[str], Awaitable[None]]:
    """Wait until the linked devices of a phone have acknowledged everything they were sent."""

    async def wait(phone: str) -> None:
        async with asyncio.timeout(DEADLINE):
            while True:
                devices = (await control.phone(phone)).devices
                if not any(device.kept for device in devices):
                    return
                await asyncio.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def companion_class() -> type[Any]:
    """tests/ is importable by path only."""
    spec = importlib.util.spec_from_file_location("sandbox_companion", COMPANION)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    companion: type[Any] = module.Companion
    return companion


@pytest.fixture
async def companion(
    sandbox: SandboxProcess, control: SandboxControl, companion_class: type[Any]
) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """`await companion(phone)`: a small client of our own, linked to that phone and logged in."""
    made = []

    async def make(phone: str) -> Any:
        one = companion_class(sandbox.published, sandbox.folder, phone)
        made.append(one)
        await one.link(control)
        await one.log_in()
        await one.stanza("success")
        return one

    yield make
    for one in made:
        await one.close()
