"""Whoever waits for events hears of an account once its events are on the disk, and of nothing that was undone."""

from collections.abc import Awaitable, Callable

import pytest

from messageapi.store.db import Database, Tx
from messageapi.store.outbox import emit, outbox_row
from messageapi.store.vault import Sealer
from messageapi.vocab.caller import Caller
from messageapi.vocab.events import WebhookTested

MoveIn = Callable[[Database, str], Awaitable[Caller]]


def event(account_id: str) -> dict[str, object]:
    return outbox_row(
        Sealer(account_id, bytes(32)),
        account_id=account_id,
        number_id=None,
        chat=None,
        type="webhook.test",
        data=WebhookTested(webhook_id="whk_1", message="Hello"),
        now=1,
        hours=1,
    )


@pytest.fixture
def heard(any_database: Database) -> list[str]:
    said: list[str] = []
    any_database.writer.on_events = said.append
    return said


async def test_an_account_is_named_once_for_all_its_events_in_a_commit(
    heard: list[str], any_database: Database, move_in: MoveIn
) -> None:
    account_id = (await move_in(any_database, "alice")).account_id

    async def work(tx: Tx) -> None:
        await emit(tx, [event(account_id), event(account_id)])
        await emit(tx, [event(account_id)])

    await any_database.writer.run(work)
    assert heard == [account_id]


async def test_what_was_rolled_back_is_not_told(heard: list[str], any_database: Database, move_in: MoveIn) -> None:
    account_id = (await move_in(any_database, "alice")).account_id

    async def work(tx: Tx) -> None:
        await emit(tx, [event(account_id)])
        raise LookupError("undone")

    with pytest.raises(LookupError):
        await any_database.writer.run(work)
    assert heard == []
