"""Scope: whatever is asked through it, only the caller's own rows are seen or touched."""

from collections.abc import Callable

import pytest
from sqlalchemy import func

from messageapi.store.db import Database, Tx
from messageapi.store.tables import TENANT_TABLES, accounts, bodies, hosts, keys, messages, numbers
from messageapi.vocab.caller import Caller

MessageRow = Callable[[str, str], dict[str, object]]


@pytest.fixture
async def letters(any_database: Database, alice: Caller, charlie: Caller, message_row: MessageRow) -> None:
    """One message with a body for each of them."""

    async def work(tx: Tx) -> None:
        for name in ("alice", "charlie"):
            await tx.insert_many(messages, [message_row(name, f"message-{name}")])
            body = {"message_id": f"message-{name}", "account_id": f"acc_{name}", "sealed": b"s"}
            await tx.insert_many(bodies, [body])

    await any_database.writer.run(work)


@pytest.mark.usefixtures("letters")
async def test_a_select_sees_the_callers_rows_only(any_database: Database, alice: Caller) -> None:
    async with any_database.reading() as tx:
        mine = tx.of(alice)
        assert [row.id for row in await tx.rows(mine.select(messages))] == ["message-alice"]
        assert await tx.row(mine.select(messages).where(messages.c.id == "message-charlie")) is None
        assert await tx.scalar(mine.select(messages, func.count())) == 1
        assert [row.id for row in await tx.rows(mine.select(accounts))] == ["acc_alice"]


@pytest.mark.usefixtures("letters")
async def test_a_join_with_a_careless_condition_still_stays_at_home(any_database: Database, alice: Caller) -> None:
    async with any_database.reading() as tx:
        mine = tx.of(alice).select(messages, messages.c.id, bodies.c.message_id)
        joined = mine.join(bodies, messages.c.status != bodies.c.message_id)
        rows = await tx.rows(joined)
    assert [(row.id, row.message_id) for row in rows] == [("message-alice", "message-alice")]


@pytest.mark.usefixtures("letters")
async def test_an_update_or_delete_touches_the_callers_rows_only(
    any_database: Database, alice: Caller, charlie: Caller
) -> None:
    async def spoil(tx: Tx) -> tuple[int, int]:
        mine = tx.of(alice)
        changed = await tx.execute(mine.update(messages).values(status="failed"))
        gone = await tx.execute(mine.delete(bodies).where(bodies.c.message_id == "message-charlie"))
        return changed.rowcount, gone.rowcount

    assert await any_database.writer.run(spoil) == (1, 0)
    async with any_database.reading() as tx:
        row = await tx.row(tx.of(charlie).select(messages))
        assert row is not None
        assert row.status == "accepted"


async def test_an_insert_carries_the_callers_account(any_database: Database, alice: Caller, charlie: Caller) -> None:
    values = {"id": "num_2", "name": "second", "network": "sandbox", "state": "created", "state_since": 1}
    values |= {"is_default": False, "session_folder": "f2", "sealed_journal_key": b"k", "created_at": 1}

    async def work(tx: Tx) -> None:
        await tx.execute(tx.of(alice).insert(numbers, **values))

    await any_database.writer.run(work)
    async with any_database.reading() as tx:
        assert len(await tx.rows(tx.of(alice).select(numbers))) == 2
        assert len(await tx.rows(tx.of(charlie).select(numbers))) == 1


async def test_a_row_for_somebody_else_is_refused(any_database: Database, alice: Caller) -> None:
    async with any_database.reading() as tx:
        with pytest.raises(ValueError, match="another account"):
            tx.of(alice).insert(keys, account_id="acc_charlie")
        with pytest.raises(ValueError, match="another account"):
            tx.of(alice).row(keys, account_id="acc_charlie")


async def test_a_table_of_nobody_cannot_be_reached_through_a_scope(any_database: Database, alice: Caller) -> None:
    async with any_database.reading() as tx:
        mine = tx.of(alice)
        for ask in (mine.select, mine.update, mine.delete, mine.insert):
            with pytest.raises(ValueError, match="does not belong"):
                ask(hosts)


def test_every_table_of_a_tenant_carries_the_account() -> None:
    assert [table.name for table in TENANT_TABLES if not table.c.account_id.nullable] == [
        table.name for table in TENANT_TABLES
    ]
