"""A process to be killed: writes two rows a request from many callers and prints each name once it is acknowledged."""

import asyncio
import os
import sys
from collections.abc import Sequence

from messageapi.store.db import Database, Tx
from messageapi.store.tables import hosts, leases


async def batch(tx: Tx, items: Sequence[str]) -> list[str]:
    await tx.insert_many(leases, [{"name": name, "holder": "h", "epoch": 1, "until": 1} for name in items])
    facts = {"network": "sandbox", "capacity": 1, "sessions": 0, "pid": 1, "beat_at": 1, "stopping": False}
    await tx.insert_many(hosts, [{"id": name, **facts} for name in items])
    return list(items)


async def caller(database: Database, place: int) -> None:
    number = 0
    while True:
        name = await database.writer.join(batch, f"{place}-{number}")
        os.write(1, f"{name}\n".encode())  # not buffered: what is printed was acknowledged
        number += 1


async def main(url: str) -> None:
    database = await Database.open(url)
    await asyncio.gather(*(caller(database, place) for place in range(32)))


asyncio.run(main(sys.argv[1]))
