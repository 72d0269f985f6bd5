"""A whole worker on twins: a real database, a bus in memory, and an engine host that plays a script."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from messageapi.bus.memory import MemoryBus
from messageapi.bus.subjects import BELL_MESSAGE, BELL_NUMBERS
from messageapi.messages import find
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import TextMessage
from messageapi.messages.schemas import MessageView
from messageapi.numbers.create import create
from messageapi.settings import Settings
from messageapi.store.db import Tx
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import numbers, outbox, placements
from messageapi.vocab.caller import Caller
from messageapi.vocab.clock import Clock, now_ms
from messageapi.web.doors import Doors
from messageapi.workers.inbox import Inbox
from messageapi.workers.sending.dispatch import Dispatcher

PATIENCE_S = 20.0


@pytest.fixture(scope="session")
def simulator(beside: Callable[[str], ModuleType]) -> ModuleType:
    return beside("simulators/host")


@pytest.fixture(scope="session")
def life(beside: Callable[[str], ModuleType]) -> ModuleType:
    return beside("simulators/life")


@pytest.fixture(scope="session")
def faults(beside: Callable[[str], ModuleType]) -> ModuleType:
    return beside("simulators/faults")


@pytest.fixture
def clock() -> Clock:
    """It runs: pauses between attempts are part of these stories."""
    return now_ms


@pytest.fixture
async def host(bus: MemoryBus, simulator: ModuleType) -> AsyncIterator[Any]:
    started = await simulator.ScriptedHost(bus).start()
    yield started
    await started.stop()


class Worker:
    """Dispatcher and inbox of one worker process."""

    def __init__(self, doors: Doors) -> None:
        self.dispatcher, self.inbox = Dispatcher(doors), Inbox(doors)

    async def start(self) -> "Worker":
        await self.inbox.start()
        await self.dispatcher.start()
        return self

    async def stop(self) -> None:
        await self.dispatcher.stop()
        await self.inbox.stop()


@pytest.fixture
async def worker(doors: Doors) -> AsyncIterator[Worker]:
    started = await Worker(doors).start()
    yield started
    await started.stop()


@pytest.fixture
async def another_worker(doors: Doors) -> AsyncIterator[Callable[[], Awaitable[Worker]]]:
    """Start a worker on the same database, as after a restart."""
    started: list[Worker] = []

    async def start() -> Worker:
        started.append(await Worker(doors).start())
        return started[-1]

    yield start
    for each in started:
        await each.stop()


@pytest.fixture
def set_number(doors: Doors) -> Callable[..., Awaitable[None]]:
    """Change the row of a number and tell everybody."""

    async def change(number_id: str, **values: object) -> None:
        async def work(tx: Tx) -> None:
            await tx.execute(update(numbers).where(numbers.c.id == number_id).values(**values))

        await doors.db.writer.run(work)
        doors.bells.ring(BELL_NUMBERS, number_id)

    return change


@pytest.fixture
def place(doors: Doors) -> Callable[..., Awaitable[None]]:
    """Change the placement of a number and tell everybody."""

    async def change(number_id: str, **values: object) -> None:
        async def work(tx: Tx) -> None:
            await tx.execute(update(placements).where(placements.c.number_id == number_id).values(**values))

        await doors.db.writer.run(work)
        doors.bells.ring(BELL_NUMBERS, number_id)

    return change


@pytest.fixture
def connected(
    doors: Doors,
    alice: Caller,
    host: Any,
    set_number: Callable[..., Awaitable[None]],
    place: Callable[..., Awaitable[None]],
) -> Callable[..., Awaitable[str]]:
    """A number held by the host; its id."""

    async def make(name: str = "shop", phone: str = "+12025550100") -> str:
        number = await create(doors, alice, name=name, network="sandbox")
        await place(number.id, wanted=True, host_id=host.id, epoch=1)
        await set_number(number.id, state="connected", phone=phone, jid=f"{phone[1:]}:1@s.whatsapp.net")
        host.holds(number.id, 1)
        return number.id

    return make


@pytest.fixture
def say(doors: Doors, alice: Caller) -> Callable[..., Awaitable[str]]:
    """Send a text from Alice's account; the message's id."""

    async def post(text: str = "Hello", to: str = "+12025550123", from_: str | None = None, **more: Any) -> str:
        return (await send(doors, alice, TextMessage(to=to, text=text, from_=from_, **more))).id

    return post


@pytest.fixture
def until(doors: Doors, alice: Caller) -> Callable[..., Awaitable[MessageView]]:
    """Wait until a message has one of these statuses."""

    async def wait(message_id: str, *statuses: str) -> MessageView:
        async with asyncio.timeout(PATIENCE_S):
            with doors.bells.expect(BELL_MESSAGE, message_id) as bell:
                while (seen := await find.one(doors, alice, message_id)).status not in statuses:
                    await bell.wait(0.2)
        return seen

    return wait


@pytest.fixture
def told(doors: Doors, alice: Caller) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """The public events of Alice's account so far, opened, in order."""

    async def read() -> list[dict[str, Any]]:
        sealer = await doors.keyring.sealer(alice.account_id)
        async with doors.db.reading() as tx:
            mine = select(outbox).where(outbox.c.account_id == alice.account_id).order_by(outbox.c.seq)
            rows = await tx.rows(mine)
        return [msgspec.json.decode(outbox_payload(sealer, row.id, row.sealed)) for row in rows]

    return read


@dataclass(frozen=True)
class Story:
    """Everything a story needs beside its workers: a number of Alice's, its host, and eyes on what happens."""

    doors: Doors
    settings: Settings
    bus: MemoryBus
    alice: Caller
    simulator: ModuleType
    host: Any
    number: str
    say: Callable[..., Awaitable[str]]
    until: Callable[..., Awaitable[MessageView]]
    told: Callable[[], Awaitable[list[dict[str, Any]]]]
    connected: Callable[..., Awaitable[str]]
    set_number: Callable[..., Awaitable[None]]
    place: Callable[..., Awaitable[None]]
    eventually: Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
async def story(request: pytest.FixtureRequest, connected: Callable[..., Awaitable[str]]) -> Story:
    others = [field.name for field in fields(Story) if field.name != "number"]
    return Story(number=await connected(), **{name: request.getfixturevalue(name) for name in others})


@pytest.fixture
def reported(worker: Worker, story: Story) -> Any:
    """Report events, and wait until they are taken in and attended to."""
    attendant = worker.inbox._attendant

    async def report(*events: Any) -> None:
        story.host.report(story.number, *events)
        journal = story.host.journals[story.number]
        await story.eventually(lambda: journal.taken == len(journal.events) and not attendant._count)

    return report
