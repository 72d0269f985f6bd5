"""How many messages there were on each day, on each kind of database."""

from typing import Any

import pytest
from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.messages.tally import rows
from messageapi.messages.tally.days import last_days
from messageapi.store.tables import messages
from messageapi.vocab.caller import operator_for

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def past(doors: Any, say: Any, number: str, clock: Any) -> Any:
    """A message accepted so many hours ago that has become what it says."""

    async def happened(status: str, hours: float, code: str | None = None) -> None:
        message = await say(from_=number)
        values = {"status": status, "accepted_at": clock() - int(hours * HOUR), "error_code": code}
        await doors.db.writer.run(
            lambda tx: tx.execute(update(messages).where(messages.c.id == message).values(**values))
        )

    return happened


async def test_days_are_those_of_the_time_zone_and_empty_ones_count(doors: Any, alice: Any, past: Any) -> None:
    # The clock stands at 12:00 UTC. The day before, 22:45 UTC was 23:45 in Berlin, and 23:15 UTC was today there.
    await past("read", 13.25)
    await past("delivered", 12.75)
    await past("failed", 0)
    utc = await last_days(doors, alice, "UTC", 3)
    berlin = await last_days(doors, alice, "Europe/Berlin", 3)
    assert [day.taken for day in utc] == [0, 2, 1]
    assert [day.taken for day in berlin] == [0, 1, 2]
    assert berlin[-1].counts == {"delivered": 1, "failed": 1}


async def test_time_zones_off_by_quarters_of_an_hour_have_their_own_days(doors: Any, alice: Any, past: Any) -> None:
    await past("sent", 18)  # 18:00 UTC of the day before is 23:45 in Kathmandu, 18:30 is 00:15
    await past("sent", 17.5)
    assert [day.taken for day in await last_days(doors, alice, "Asia/Kathmandu", 2)] == [1, 1]


async def test_what_is_older_does_not_count(doors: Any, alice: Any, past: Any) -> None:
    await past("read", 24 * 30)
    assert sum(day.taken for day in await last_days(doors, alice, "UTC", 30)) == 0


async def test_failures_are_gathered_by_their_code(doors: Any, alice: Any, past: Any, clock: Any) -> None:
    for hours, code in ((40, "a"), (3, "b"), (2, "b"), (1, "a")):
        await past("failed", hours, code)
    async with doors.db.reading() as tx:
        found = await rows.failing(tx, alice, clock() - DAY, 5)
    assert [(each.code, each.messages) for each in found] == [("b", 2), ("a", 1)]
    assert found[0].latest == clock() - 2 * HOUR


async def test_another_account_has_none_of_them(doors: Any, past: Any) -> None:
    await past("failed", 1, "a")
    other = operator_for(await create_account(doors, name="Charlie", email="charlie@example.com"))
    assert sum(day.taken for day in await last_days(doors, other, "UTC", 2)) == 0
    async with doors.db.reading() as tx:
        assert await rows.failing(tx, other, 0, 5) == []
        assert not await rows.any_sent(tx, other)
