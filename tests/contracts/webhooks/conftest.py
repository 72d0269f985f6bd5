"""Relaying, holding and settling on each kind of database, without a network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.bus.subjects import BELL_EVENTS
from messageapi.outside.door import Outside, Rules
from messageapi.outside.post import Posted
from messageapi.settings import Settings
from messageapi.store.db import Database, Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.store.vault import Vault
from messageapi.vocab.caller import Caller, operator_for
from messageapi.vocab.clock import Clock
from messageapi.vocab.events import NumberMoved
from messageapi.web.doors import Doors
from messageapi.webhooks.create import create
from messageapi.webhooks.find import Delivery, deliveries_of
from messageapi.webhooks.schemas import NewWebhook


class FakeOutside(Outside):
    """Notes what is posted and answers as told."""

    def __init__(self) -> None:
        super().__init__(Rules())
        self.posted: list[tuple[str, str]] = []
        self.answer: Callable[[str], Awaitable[int]] | None = None

    async def post(self, url: str, body: bytes, headers: Any, *, deadline_s: float) -> Posted:  # noqa: ARG002
        self.posted.append((url, headers["webhook-id"]))
        return Posted(await self.answer(url) if self.answer else 200, b"", "")


def doors_on(database: Database, vault: Vault, clock: Clock, folder: Path, outside: Outside) -> Doors:
    bus = MemoryBus()
    bells = Bells(bus, remote=False)
    database.writer.on_events = lambda account_id: bells.ring(BELL_EVENTS, account_id)
    keyring, blobs = AccountKeyring(database, vault), FolderBlobs(folder / "blobs")
    return Doors(Settings(), database, bus, bells, vault, clock, keyring, blobs, outside)


@pytest.fixture
def outside() -> FakeOutside:
    return FakeOutside()


@pytest.fixture
def doors(any_database: Database, vault: Vault, clock: Clock, tmp_path: Path, outside: FakeOutside) -> Doors:
    return doors_on(any_database, vault, clock, tmp_path, outside)


@pytest.fixture
async def another_worker(
    request: pytest.FixtureRequest, any_url: str, vault: Vault, clock: Clock, tmp_path: Path, outside: FakeOutside
) -> AsyncIterator[Doors]:
    """On the same database. SQLite has one process, so there it shares the connection and nothing else."""
    if any_url.startswith("sqlite"):
        yield doors_on(request.getfixturevalue("any_database"), vault, clock, tmp_path, outside)
        return
    opened = await Database.open(any_url)
    yield doors_on(opened, vault, clock, tmp_path, outside)
    await opened.close()


@pytest.fixture
async def alice(doors: Doors) -> Caller:
    return operator_for(await create_account(doors, name="Alice", email="alice@example.com"))


@pytest.fixture
def endpoint(doors: Doors, alice: Caller) -> Callable[..., Awaitable[str]]:
    async def make(url: str = "https://example.com/hook", **more: Any) -> str:
        return (await create(doors, alice, NewWebhook(url=url, **more))).endpoint.id

    return make


Gate = asyncio.Event | None


@pytest.fixture
def happen(doors: Doors, alice: Caller) -> Callable[..., Awaitable[list[str]]]:
    """Events of one transaction; their ids. `before_commit` holds it open, `began` says that it is."""

    async def write(*chats: str, by: Doors = doors, began: Gate = None, before_commit: Gate = None) -> list[str]:
        sealer = await by.keyring.sealer(alice.account_id)
        rows = [_row(by, sealer, alice, chat) for chat in chats]

        async def work(tx: Tx) -> None:
            await emit(tx, rows)
            if began and before_commit:
                began.set()
                await before_commit.wait()

        await by.db.writer.run(work)
        return [str(row["id"]) for row in rows]

    return write


def _row(doors: Doors, sealer: Any, owner: Caller, chat: str) -> dict[str, object]:
    facts = NumberMoved(
        name=chat, phone=None, lid=None, state="x", reason_code=None, reason=None, since=None, until=None
    )
    return outbox_row(
        sealer,
        account_id=owner.account_id,
        number_id=None,
        chat=chat,
        type="number.connected",
        data=facts,
        now=doors.clock(),
        hours=72,
    )


@pytest.fixture
def delivered(doors: Doors, alice: Caller) -> Callable[[str], Awaitable[Sequence[Delivery]]]:
    async def read(webhook_id: str) -> Sequence[Delivery]:
        found = await doors.db.read(lambda tx: deliveries_of(tx, alice, webhook_id, None, None, 10_000))
        return found[::-1]

    return read
