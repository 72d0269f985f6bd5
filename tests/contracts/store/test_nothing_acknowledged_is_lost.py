"""kill -9 at any moment: every acknowledged write is there when the database is opened again, and whole."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest
from sqlalchemy import func, select

from messageapi.store.db import Database
from messageapi.store.tables import hosts, leases

pytestmark = pytest.mark.slow

ENOUGH = 200
WRITER = Path(__file__).with_name("acknowledging_writer.py")


async def acknowledged_until_killed(url: str) -> set[str]:
    writer = await asyncio.create_subprocess_exec(sys.executable, str(WRITER), url, stdout=PIPE)
    try:
        async with asyncio.timeout(60):
            names = {await one_name(writer) for _ in range(ENOUGH)}
    finally:
        writer.kill()
    assert writer.stdout is not None
    rest = await writer.stdout.read()  # acknowledged before the kill, not read yet
    await writer.wait()
    return names | set(rest.decode().split("\n")[:-1])


async def one_name(writer: Process) -> str:
    assert writer.stdout is not None
    line = await writer.stdout.readline()
    assert line, "the writer ended by itself"
    return line.decode().strip()


@pytest.mark.parametrize("round_", range(2))
async def test_a_killed_writer_loses_nothing_it_acknowledged(any_url: str, round_: int) -> None:
    acknowledged = await acknowledged_until_killed(any_url)
    database = await Database.open(any_url)
    async with database.reading() as tx:
        kept = {row.name for row in await tx.rows(select(leases.c.name))}
        pairs = await tx.scalar(select(func.count()).select_from(hosts).join(leases, hosts.c.id == leases.c.name))
    await database.close()
    assert len(acknowledged) >= ENOUGH
    assert acknowledged - kept == set()
    assert pairs == len(kept)  # both rows of a request or neither
