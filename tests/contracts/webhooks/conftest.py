"""Relaying, holding and settling on each kind of database, without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from messageapi.outside.door import Outside, Rules
from messageapi.outside.post import Posted
from messageapi.store.db import Database, Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.vocab.caller import Caller
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


@pytest.fixture
def database(any_database: Database) -> Database:
    """Everything runs once on each kind."""
    return any_database


@pytest.fixture
def outside() -> FakeOutside:
    return FakeOutside()


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
