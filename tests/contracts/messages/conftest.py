"""The room's batches on each kind of database, without a bus."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from messageapi.engines.port import EngineEvent, Inbound, Sent
from messageapi.messages import find
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import TextMessage
from messageapi.messages.following.events import News, apply
from messageapi.messages.queue.claim import Ask, Claim, claim
from messageapi.messages.schemas import MessageView
from messageapi.numbers.create import create
from messageapi.store.db import Database, Tx
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import numbers, outbox, placements
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Content, Letter
from messageapi.web.doors import Doors

DANA_LID, DANA_PHONE = "77@lid", "+12025550177"
HELLO = TextMessage(to=DANA_PHONE, text="Hello")


@pytest.fixture
def database(any_database: Database) -> Database:
    """Everything runs once on each kind."""
    return any_database


@pytest.fixture
def make_number(doors: Doors, alice: Caller) -> Callable[..., Awaitable[str]]:
    async def make(
        name: str = "shop", owner: Caller = alice, network: str = "sandbox", phone: str = "+12025550100"
    ) -> str:
        number = await create(doors, owner, name=name, network=network)  # type: ignore[arg-type]

        async def work(tx: Tx) -> None:
            linked = {"state": "connected", "phone": phone}
            placed = {"wanted": True, "host_id": "host_1", "epoch": 1}
            await tx.execute(update(numbers).where(numbers.c.id == number.id).values(**linked))
            await tx.execute(update(placements).where(placements.c.number_id == number.id).values(**placed))

        await doors.db.writer.run(work)
        return number.id

    return make


@pytest.fixture
async def number(make_number: Callable[..., Awaitable[str]]) -> str:
    return await make_number()


@pytest.fixture
def say(doors: Doors, alice: Caller) -> Callable[..., Awaitable[str]]:
    async def post(text: str = "Hello", from_: str | None = None, to: str = "+12025550123", **more: Any) -> str:
        return (await send(doors, alice, TextMessage(to=to, text=text, from_=from_, **more))).id

    return post


@pytest.fixture
def take(doors: Doors) -> Callable[..., Awaitable[Claim]]:
    """Claim as a lane would that holds these messages already."""

    async def ask(number_id: str, *held: tuple[int, int], window: int = 32) -> Claim:
        return await doors.db.writer.join(claim, Ask(number_id, frozenset(held), window, doors.clock()))

    return ask


@pytest.fixture
def report(doors: Doors, alice: Caller) -> Callable[..., Awaitable[list[str]]]:
    """Take in events of a number; the ids of messages that changed."""

    async def take_in(number_id: str, *events: EngineEvent) -> list[str]:
        sealer = await doors.keyring.sealer(alice.account_id)
        news = [News(number_id, alice.account_id, sealer, events)]
        return await doors.db.writer.run(lambda tx: apply(tx, doors.clock(), 72, news))

    return take_in


@pytest.fixture
def show(doors: Doors, alice: Caller) -> Callable[[str], Awaitable[MessageView]]:
    async def read(message_id: str) -> MessageView:
        return await find.one(doors, alice, message_id)

    return read


def _came(content: Content | None, wa_id: str = "C1", *, kind: str = "", **given: Any) -> Inbound:
    """From Dana, between two, unless said otherwise."""
    letter = (
        Letter(content=content, quote=given.pop("quote", None), mentions=given.pop("mentions", [])) if content else None
    )
    values: dict[str, Any] = {
        "chat": DANA_LID,
        "sender": DANA_LID,
        "sender_phone": DANA_PHONE,
        "sender_lid": DANA_LID,
        "push_name": "Dana",
        "at": 2_000,
        **given,
    }
    return Inbound(
        wa_id=wa_id,
        message_type=kind or str(content.__struct_config__.tag if content else "unknown"),
        letter=letter,
        **values,
    )


@pytest.fixture(scope="session")
def came() -> Callable[..., Inbound]:
    """Make a report of a message: `came(Text("Hi"), "WA1", chat=...)`."""
    return _came


class World:
    """A linked number of Alice's, what is reported about it, and what is told."""

    def __init__(self, doors: Any, alice: Any, number: str, report: Any) -> None:
        self.doors, self.alice, self.number, self._report = doors, alice, number, report

    async def report(self, *events: EngineEvent) -> list[str]:
        ids: list[str] = await self._report(self.number, *events)
        return ids

    async def show(self, message_id: str) -> MessageView:
        return await find.one(self.doors, self.alice, message_id)

    async def told(self, kind: str) -> Any:
        """The data of the newest event of this type, None without one."""
        sealer = await self.doors.keyring.sealer(self.alice.account_id)
        async with self.doors.db.reading() as tx:
            of = (outbox.c.type == kind, outbox.c.account_id == self.alice.account_id)
            mine = select(outbox).where(*of).order_by(outbox.c.seq.desc()).limit(1)
            rows = await tx.rows(mine)
        return msgspec.json.decode(outbox_payload(sealer, rows[0].id, rows[0].sealed))["data"] if rows else None

    async def count(self, table: Any) -> Any:
        async with self.doors.db.reading() as tx:
            return await tx.scalar(select(func.count()).select_from(table))

    async def write(self, statement: Any) -> None:
        await self.doors.db.writer.run(lambda tx: tx.execute(statement))

    async def tell_own(self) -> None:
        await self.write(update(numbers).where(numbers.c.id == self.number).values(own_messages=True))

    async def sent(self, request: Any = HELLO, wa_id: str = "OUT1", at: int = 1_500) -> str:
        """WhatsApp has taken it, as OUT1; its id. `at` 0: it is only being sent."""
        message_id = (await send(self.doors, self.alice, request)).id
        await self.doors.db.writer.join(claim, Ask(self.number, frozenset(), 32, self.doors.clock()))
        if at:
            await self.report(Sent(message_id, 1, wa_id, at))
        return message_id


@pytest.fixture
async def world(doors: Any, alice: Any, number: str, report: Any) -> World:
    made = World(doors, alice, number, report)
    ours = {"jid": "12025550100:3@s.whatsapp.net", "lid": "100:3@lid"}
    await made.write(update(numbers).where(numbers.c.id == number).values(**ours))
    return made
