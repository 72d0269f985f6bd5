"""The room's batches on each kind of database, without a bus."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.engines.port import EngineEvent
from messageapi.messages import find
from messageapi.messages.events import News, apply
from messageapi.messages.queue.claim import Ask, Claim, claim
from messageapi.messages.requests import TextMessage
from messageapi.messages.schemas import MessageView
from messageapi.messages.send import send
from messageapi.numbers.create import create
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database, Tx
from messageapi.store.tables import numbers, placements
from messageapi.store.vault import Vault
from messageapi.vocab.caller import Caller, operator_for
from messageapi.vocab.clock import Clock
from messageapi.web.doors import Doors


@pytest.fixture
def doors(any_database: Database, bus: MemoryBus, vault: Vault, clock: Clock, tmp_path: Path) -> Doors:
    keyring, blobs = AccountKeyring(any_database, vault), FolderBlobs(tmp_path / "blobs")
    bells = Bells(bus, remote=False)
    return Doors(Settings(), any_database, bus, bells, vault, clock, keyring, blobs, Outside(Rules()))


@pytest.fixture
async def alice(doors: Doors) -> Caller:
    return operator_for(await create_account(doors, name="Alice", email="alice@example.com"))


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
