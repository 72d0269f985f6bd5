"""Deliveries and what receivers answered are deleted when their time is over, and not a moment before."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as sql

from messageapi.store.db import Database
from messageapi.store.tables import attempts, deliveries, webhooks
from messageapi.webhooks.delivery import rows
from messageapi.webhooks.delivery.attempt import Job, attempt
from messageapi.webhooks.delivery.claim import look
from messageapi.webhooks.delivery.expire import AT_ONCE, HOUR_MS, expire
from messageapi.webhooks.delivery.relay import relay
from messageapi.webhooks.delivery.settle import Settler

EVENT_HOURS = 72


async def tried(doors: Any, webhook_id: str) -> None:
    """Whatever there is of events becomes deliveries, and the first of each chat is tried."""
    while (await doors.db.writer.run(lambda tx: relay(tx, doors.keyring, doors.clock()))).more:
        pass
    found = await doors.db.read(lambda tx: look(tx, webhook_id, 10_000))
    outcomes = [await attempt(doors, Job(found.endpoint, head, probe=False)) for head in found.heads]
    await doors.db.writer.run(lambda tx: Settler(doors).settle(tx, outcomes))


async def swept(doors: Any, listed_hours: int = 96, hours: int = EVENT_HOURS) -> int:
    sweep = partial(expire, now=doors.clock(), hours=hours, listed_hours=listed_hours)
    return int(await doors.db.writer.run(sweep))


async def left(doors: Any) -> tuple[int, int]:
    """Deliveries and attempts there are."""
    counts = [select(func.count()).select_from(table) for table in (deliveries, attempts)]
    return tuple([await doors.db.read(lambda tx, one=one: tx.scalar(one)) for one in counts])


async def test_tries_go_with_events_and_deliveries_later(doors: Any, endpoint: Any, happen: Any, clock: Any) -> None:
    webhook_id = await endpoint()
    await happen("a", "b")
    await tried(doors, webhook_id)
    assert await left(doors) == (2, 2)
    clock.forward(EVENT_HOURS * HOUR_MS - 1)
    assert (await swept(doors), await left(doors)) == (0, (2, 2))
    clock.forward(1)
    assert (await swept(doors), await left(doors)) == (2, (2, 0))
    clock.forward(96 * HOUR_MS - 1)
    assert (await swept(doors), await left(doors)) == (0, (2, 0))
    clock.forward(1)
    assert (await swept(doors), await left(doors)) == (2, (0, 0))
    assert await swept(doors) == 0


@pytest.mark.parametrize("listed", [0, 1, 24, 596, 597, 87_600])
async def test_any_span_is_kept_to_the_millisecond(
    doors: Any, endpoint: Any, happen: Any, clock: Any, listed: int
) -> None:
    """From nothing over 24.8 days, where milliseconds leave 31 bits, to ten years."""
    webhook_id = await endpoint()
    await happen("a")
    await tried(doors, webhook_id)
    clock.forward((EVENT_HOURS + listed) * HOUR_MS - 1)
    await swept(doors, listed)
    assert (await left(doors))[0] == 1
    clock.forward(1)
    await swept(doors, listed)
    assert await left(doors) == (0, 0)


async def test_what_was_never_delivered_goes_as_well_and_its_endpoint_stays(
    doors: Any, outside: Any, endpoint: Any, happen: Any, clock: Any
) -> None:
    async def down(_: str) -> int:
        return 500

    outside.answer = down
    webhook_id = await endpoint()
    await happen("a", "a", "a")
    await tried(doors, webhook_id)
    assert await left(doors) == (3, 1)
    clock.forward((EVENT_HOURS + 96) * HOUR_MS)
    await happen("a")
    await tried(doors, webhook_id)
    await swept(doors)
    assert (await left(doors))[0] == 1, "the new one stays"
    assert await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(webhooks))) == 1


async def test_many_go_in_portions(doors: Any, endpoint: Any, happen: Any, clock: Any) -> None:
    webhook_id = await endpoint()
    for first in range(0, AT_ONCE + 200, 400):
        await happen(*(f"{n}" for n in range(first, first + 400)))
    await tried(doors, webhook_id)
    total = (await left(doors))[0]
    assert total > AT_ONCE
    clock.forward((EVENT_HOURS + 96) * HOUR_MS)
    sizes = []
    while gone := await swept(doors):
        sizes.append(gone)
    assert max(sizes) <= 2 * AT_ONCE
    assert await left(doors) == (0, 0)


async def test_a_sweep_that_finds_nothing_reads_no_table_from_end_to_end(any_database: Database, doors: Any) -> None:
    if any_database._writing.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the tables")
    said: list[str] = []

    class Explained:
        dialect = "sqlite"

        def __init__(self, tx: Any) -> None:
            self._tx = tx

        async def execute(self, statement: Any) -> Any:
            text = str(statement.compile(dialect=doors_dialect, compile_kwargs={"literal_binds": True}))
            said.extend(str(row[-1]) for row in await self._tx.rows(sql(f"EXPLAIN QUERY PLAN {text}")))
            return await self._tx.execute(statement)

    doors_dialect = any_database._writing.engine.dialect
    await doors.db.writer.run(lambda tx: rows.expire(Explained(tx), 0, 0, 10))  # type: ignore[arg-type]
    assert said
    assert not [step for step in said if step.startswith("SCAN") and "USING" not in step], said
