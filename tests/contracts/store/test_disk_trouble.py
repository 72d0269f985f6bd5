"""A full or failing disk: nobody is told yes, nothing more is accepted, and work resumes when writing does."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from messageapi.store.db import Database, StoreError, Tx
from messageapi.store.tables import leases

pytestmark = pytest.mark.slow

FAILING_DISK = Path(__file__).with_name("failing_disk.py")
NOTE = "x" * 60


async def insert_some(tx: Tx) -> int:
    """40 kB, so that the file has to grow."""
    held = await tx.scalar(select(func.count()).select_from(leases))
    rows = [{"name": f"lease-{held + place}", "holder": NOTE, "epoch": 1, "until": 1} for place in range(400)]
    await tx.insert_many(leases, rows)
    return len(rows)


async def test_a_full_disk_stops_the_writer_until_a_probe_succeeds(database: Database) -> None:
    async def fill(tx: Tx) -> None:
        pages = await tx.scalar(text("PRAGMA page_count"))
        await tx.execute(text(f"PRAGMA max_page_count = {pages + 1}"))

    database.writer.probe_every_s = 0.01
    probed = hold_probe(database)
    await database.writer.run(fill)
    answers = await asyncio.gather(*(database.writer.run(insert_some) for _ in range(5)), return_exceptions=True)
    assert [getattr(answer, "code", answer) for answer in answers] == ["disk_full"] * 5
    for refused in (database.writer.run(insert_some), database.ping()):
        with pytest.raises(StoreError) as told:
            await refused
        assert told.value.code == "disk_full"
    async with database.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(leases)) == 0
    probed.set()
    await resumed(database)
    assert await database.writer.run(insert_some) == 400


def hold_probe(database: Database) -> asyncio.Event:
    """The probe waits for the test, then does what it does."""
    go, probe = asyncio.Event(), database.writer._probe

    async def held() -> None:
        await go.wait()
        await probe()

    database.writer._probe = held
    return go


async def resumed(database: Database) -> None:
    probing = database.writer._probing
    assert probing is not None
    async with asyncio.timeout(20):
        await probing
    await database.ping()


async def test_a_failing_disk_stops_the_writer_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, str(FAILING_DISK), str(tmp_path), stdout=PIPE)
    async with asyncio.timeout(60):
        said, _ = await child.communicate()
    assert child.returncode == 0
    told = json.loads(said)
    assert set(told["refusals"]) <= {"io_failed", "disk_full"}
    assert told["accepted_while_failing"] == 0
    assert told["probe_kept_failing"]
    assert told["accepted_after"] == 1
    assert told["rows"] == told["acknowledged"]
