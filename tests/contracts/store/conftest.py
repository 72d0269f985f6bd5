"""Two households in the database: an account with one number each."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import insert

from messageapi.store.db import Database, Tx
from messageapi.store.tables import accounts, numbers
from messageapi.vocab.caller import Caller, operator_for

Row = dict[str, object]
Work = Callable[[Tx], Awaitable[object]]


def account_row(name: str) -> Row:
    return {"id": f"acc_{name}", "name": name, "email": f"{name}@example.test", "sealed_key": b"k", "created_at": 1}


def number_row(name: str) -> Row:
    return {
        "id": f"num_{name}",
        "account_id": f"acc_{name}",
        "name": "main",
        "network": "sandbox",
        "state": "connected",
        "state_since": 1,
        "is_default": True,
        "session_folder": f"folder-{name}",
        "sealed_journal_key": b"k",
        "created_at": 1,
    }


@pytest.fixture
def move_in() -> Callable[[Database, str], Awaitable[Caller]]:
    async def household(database: Database, name: str) -> Caller:
        async def work(tx: Tx) -> None:
            await tx.execute(insert(accounts).values(account_row(name)))
            await tx.execute(insert(numbers).values(number_row(name)))

        await database.writer.run(work)
        return operator_for(f"acc_{name}")

    return household


@pytest.fixture
def message_row() -> Callable[[str, str], Row]:
    def row(name: str, message_id: str) -> Row:
        return {
            "id": message_id,
            "account_id": f"acc_{name}",
            "number_id": f"num_{name}",
            "direction": "outbound",
            "type": "text",
            "chat": "4915112345678@s.whatsapp.net",
            "status": "accepted",
            "attempt": 0,
            "late": False,
            "accepted_at": 1,
        }

    return row


@pytest.fixture
async def alice(any_database: Database, move_in: Callable[[Database, str], Awaitable[Caller]]) -> Caller:
    return await move_in(any_database, "alice")


@pytest.fixture
async def charlie(any_database: Database, move_in: Callable[[Database, str], Awaitable[Caller]]) -> Caller:
    return await move_in(any_database, "charlie")


class Held:
    """The writer, kept busy inside one piece of work until `release`; the work says what it does before and after."""

    def __init__(self, database: Database, before: Work | None = None, after: Work | None = None) -> None:
        self._begun, self._go = asyncio.Event(), threading.Event()
        self._loop = asyncio.get_running_loop()
        self._before, self._after = before, after
        self.task = asyncio.create_task(database.writer.run(self._work))

    async def _work(self, tx: Tx) -> None:
        if self._before:
            await self._before(tx)
        self._loop.call_soon_threadsafe(self._begun.set)
        while not self._go.is_set():
            if tx.dialect == "sqlite":
                assert self._go.wait(30)  # on the writer's own thread
            else:
                await asyncio.sleep(0.002)
        if self._after:
            await self._after(tx)

    async def begin(self) -> "Held":
        await self._begun.wait()
        return self

    async def release(self) -> None:
        self._go.set()
        await self.task


@pytest.fixture
def hold() -> type[Held]:
    return Held
