"""The SQLite file: who may read it, who else may open it, what is said when it cannot be used."""

import asyncio
import os
import stat
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from messageapi.store import sqlite_file
from messageapi.store.db import FILE, Database, StoreError, Tx
from messageapi.store.tables import leases

HOLDER = """
import asyncio, pathlib, sys
from messageapi.store.db import Database
async def main():
    await Database.open("", folder=pathlib.Path(sys.argv[1]))
    print("open", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def refusal(folder: Path) -> StoreError:
    with pytest.raises(StoreError) as told:
        await Database.open("", folder=folder)
    return told.value


async def made(folder: Path) -> Path:
    await (await Database.open("", folder=folder)).close()
    return folder / FILE


async def test_a_first_start_makes_folder_and_files_for_the_owner_only(tmp_path: Path) -> None:
    database = await Database.open("", folder=tmp_path / "new data" / "100%")
    await database.writer.run(lambda tx: tx.execute(text("PRAGMA user_version = 1")))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new data" / "100%").iterdir()}
    await database.ping()
    await database.close()
    assert set(modes.values()) == {0o600}
    assert {FILE, f"{FILE}-wal", "messageapi.lock"} <= modes.keys()
    assert stat.S_IMODE((tmp_path / "new data" / "100%").stat().st_mode) == 0o700


async def test_the_writer_syncs_every_commit_and_overwrites_what_it_deletes(database: Database) -> None:
    async def settings(tx: Tx) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [await tx.scalar(text(f"PRAGMA {name}")) for name in names]

    assert await database.writer.run(settings) == ["wal", 2, 1, 1]


@pytest.mark.slow
async def test_a_second_process_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDER, str(tmp_path), stdout=PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"open\n"
    told = await refusal(tmp_path)
    holder.kill()
    await holder.wait()
    assert told.code == "locked_by_other"
    assert f"id {holder.pid}" in told.detail
    await made(tmp_path)  # the lock went with the process, although it was killed


async def test_a_second_open_in_the_same_process_is_refused(database: Database, database_url: str) -> None:
    with pytest.raises(StoreError) as told:
        await Database.open(database_url)
    assert told.value.code == "locked_by_other"
    await database.ping()


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, but long enough to be read as one" * 200)
    told = await refusal(tmp_path)
    assert told.code == "corrupt"
    assert told.permanent
    assert "file is not a database" in told.detail
    assert str(tmp_path / FILE) in told.detail


async def test_a_damaged_page_is_found_at_the_start(tmp_path: Path) -> None:
    path = await made(tmp_path)
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    told = await refusal(tmp_path)
    assert told.code == "corrupt"
    assert "backup" in told.detail


async def test_a_large_file_is_examined_no_longer_than_a_start_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fill(tx: Tx) -> None:
        rows = [{"name": f"lease-{number}", "holder": "me", "epoch": 1, "until": 1} for number in range(20_000)]
        await tx.insert_many(leases, rows)

    database = await Database.open("", folder=tmp_path)
    await database.writer.run(fill)
    await database.close()
    monkeypatch.setattr(sqlite_file, "INTEGRITY_BUDGET_S", 0)
    with capture_logs() as lines:
        await made(tmp_path)
    assert [line["event"] for line in lines] == ["integrity_check_not_finished"]


async def test_a_damaged_file_lets_go_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"x" * 8192)
    assert (await refusal(tmp_path)).code == "corrupt"
    (tmp_path / FILE).unlink()
    await made(tmp_path)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = await refusal(tmp_path / "file" / "data")
    assert told.code == "not_writable"
    assert "MESSAGEAPI_DATA" in told.detail


@pytest.fixture
def forbidden(tmp_path: Path) -> Iterator[Path]:
    """A folder this process may not write in. Root may write everywhere, so it is nobody for the time of the test."""
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o555)
    user = os.geteuid()
    for parent in tmp_path.parents[:2] if user == 0 else ():
        parent.chmod(0o755)
    tmp_path.chmod(0o755)
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)


async def test_a_folder_that_is_read_only_is_named(forbidden: Path) -> None:
    told = await refusal(forbidden)
    assert told.code == "not_writable"
    assert str(forbidden) in told.detail


@pytest.mark.parametrize("url", ["", "mysql://host/name", "sqlite://", "no url at all"])
async def test_an_unknown_url_is_explained(url: str) -> None:
    with pytest.raises(StoreError) as told:
        await Database.open(url)
    assert told.value.code == "bad_url"
    assert "postgresql://" in told.value.detail
