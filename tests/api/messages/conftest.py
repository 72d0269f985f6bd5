"""Bodies of the default size, so that long texts reach the room that judges them, and a look into what was sealed."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.messages.content.bodies import opened_body
from messageapi.settings import Settings
from messageapi.store.tables import bodies, messages
from messageapi.vocab.content import Letter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"))


@pytest.fixture
def letter(doors: Any, alice: Any) -> Callable[[str], Awaitable[Letter]]:
    """What the engine would be handed for a message of Alice's."""

    async def opened(message_id: str) -> Letter:
        found = await doors.db.read(
            lambda tx: tx.scalar(
                bodies.select().with_only_columns(bodies.c.sealed).where(bodies.c.message_id == message_id)
            )
        )
        return opened_body(await doors.keyring.sealer(alice.account_id), message_id, found)

    return opened


@pytest.fixture
def rewrite(doors: Any) -> Callable[..., Awaitable[None]]:
    """Give a message other values, as following it would have."""

    async def rewritten(message_id: str, **values: Any) -> None:
        async def work(tx: Any) -> None:
            await tx.execute(update(messages).where(messages.c.id == message_id).values(**values))

        await doors.db.writer.run(work)

    return rewritten
