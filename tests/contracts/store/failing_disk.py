"""A process whose disk fails: no file may grow beyond a limit (EFBIG), until the limit is lifted again."""

import asyncio
import json
import resource
import sys
from pathlib import Path

from sqlalchemy import func, select

from messageapi.logs import configure
from messageapi.store.db import Database, StoreError, Tx
from messageapi.store.tables import leases

LIMIT = 400_000


async def insert_one(database: Database, number: int) -> str:
    async def work(tx: Tx) -> str:
        await tx.insert_many(leases, [{"name": f"lease-{number}", "holder": "x" * 50, "epoch": 1, "until": 1}])
        return "ok"

    try:
        return await database.writer.run(work)
    except StoreError as problem:
        return problem.code


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def until_refused(database: Database) -> list[str]:
    answers: list[str] = []
    while not answers or answers[-1] == "ok":
        answers.append(await insert_one(database, len(answers)))
    return answers


async def probe_fails_again(database: Database) -> bool:
    """Two rounds of the probe, while the disk still fails."""
    probe, failed = database.writer._probe, asyncio.Semaphore(0)

    async def counted() -> None:
        try:
            await probe()
        except Exception:
            failed.release()
            raise

    database.writer._probe = counted
    await failed.acquire()
    await failed.acquire()
    return database.writer.halted is not None


async def main(folder: Path) -> dict[str, object]:
    configure("error", "json")
    database = await Database.open("", folder=folder)
    database.writer.probe_every_s = 0.02
    limit_files(LIMIT)
    answers = await until_refused(database)
    refused = [await insert_one(database, 100_000 + number) for number in range(5)]
    kept_failing = await probe_fails_again(database)
    limit_files(resource.RLIM_INFINITY)
    if database.writer._probing:
        await database.writer._probing
    after = await insert_one(database, 200_000)
    async with database.reading() as tx:
        rows = await tx.scalar(select(func.count()).select_from(leases))
    await database.close()
    return {
        "refusals": [answers[-1], *refused],
        "accepted_while_failing": refused.count("ok"),
        "probe_kept_failing": kept_failing,
        "accepted_after": int(after == "ok"),
        "acknowledged": answers.count("ok") + int(after == "ok"),
        "rows": rows,
    }


print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))  # noqa: T201 - read by the test
