"""A body that was sealed, stored, deleted and checkpointed is in no file of the database, neither sealed nor plain."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete

from messageapi.store import db, sqlite_file
from messageapi.store.db import FILE, Database, Tx
from messageapi.store.tables import bodies, messages
from messageapi.store.vault import Vault
from messageapi.vocab.caller import Caller

MessageRow = Callable[[str, str], dict[str, object]]
MoveIn = Callable[..., object]


@pytest.fixture(autouse=True)
def no_checkpoint_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the WAL until a checkpoint is looked at here, however long a test takes."""
    monkeypatch.setattr(db, "CHECKPOINT_EVERY_S", 3600.0)


def found(folder: Path, needle: bytes) -> list[str]:
    """In which files of the database it lies."""
    return [path.name for path in folder.glob(f"{FILE}*") if needle in path.read_bytes()]


async def store(database: Database, row: dict[str, object], sealed: bytes) -> None:
    async def work(tx: Tx) -> None:
        await tx.insert_many(messages, [row])
        body = {"message_id": row["id"], "account_id": row["account_id"], "sealed": sealed}
        await tx.insert_many(bodies, [body])

    await database.writer.run(work)


async def test_a_deleted_body_is_in_no_file(
    database: Database, tmp_path: Path, vault: Vault, move_in: MoveIn, message_row: MessageRow
) -> None:
    folder = tmp_path / "data"
    caller = await move_in(database, "alice")  # type: ignore[misc]
    assert isinstance(caller, Caller)
    canary = secrets.token_urlsafe(24).encode()
    sealer = vault.sealer(caller.account_id, vault.new_account_key())
    sealed = [sealer.seal(canary * 20, f"m-{number}") for number in range(200)]
    for number, one in enumerate(sealed):
        await store(database, message_row("alice", f"m-{number}"), one)
    assert found(folder, canary) == []  # never written in the open, not even for a moment
    assert found(folder, sealed[0][-60:]) == [f"{FILE}-wal"]

    async def destroy(tx: Tx) -> None:
        await tx.execute(delete(bodies))

    await database.writer.run(destroy)
    assert found(folder, sealed[0][-60:]) == [f"{FILE}-wal"]  # a delete alone proves nothing
    assert sqlite_file.truncate_wal(folder / FILE)
    assert [found(folder, one[-60:]) for one in sealed] == [[]] * len(sealed)


async def test_a_body_in_the_open_would_be_found(
    database: Database, tmp_path: Path, move_in: MoveIn, message_row: MessageRow
) -> None:
    await move_in(database, "alice")  # type: ignore[misc]
    canary = secrets.token_urlsafe(24).encode()
    await store(database, message_row("alice", "m-1"), canary)
    assert found(tmp_path / "data", canary) == [f"{FILE}-wal"]
    assert sqlite_file.truncate_wal(tmp_path / "data" / FILE)
    assert found(tmp_path / "data", canary) == [FILE]


async def test_closing_empties_the_wal(database: Database, tmp_path: Path, move_in: MoveIn) -> None:
    await move_in(database, "alice")  # type: ignore[misc]
    wal = tmp_path / "data" / f"{FILE}-wal"
    assert wal.stat().st_size > 0
    await database.close()
    assert not wal.exists()


async def test_a_reader_in_the_way_delays_the_checkpoint_and_does_not_fail_it(
    database: Database, tmp_path: Path, move_in: MoveIn
) -> None:
    await move_in(database, "alice")  # type: ignore[misc]
    async with database.reading() as tx:
        await tx.rows(messages.select())
        await move_in(database, "bob")  # type: ignore[misc]
        assert not sqlite_file.truncate_wal(tmp_path / "data" / FILE)
    assert sqlite_file.truncate_wal(tmp_path / "data" / FILE)
