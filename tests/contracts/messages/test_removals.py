"""What admins of groups take back, on each kind of database: each is given to one worker at a time and settled once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from messageapi.engines.port import Inbound
from messageapi.messages.following.events import News, apply
from messageapi.messages.removals import rows
from messageapi.messages.removals.by_admin import AGAIN_MS, HOLD_MS, Removals
from messageapi.store.db import Tx
from messageapi.store.tables import removals
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Letter, Revoke, Target
from messageapi.web.doors import Doors

Came = Callable[[int], Awaitable[None]]


@pytest.fixture
def came(doors: Doors, alice: Caller, number: str) -> Came:
    """So many removals in two groups of a number that no host holds."""

    async def receive(count: int) -> None:
        events = [
            Inbound(
                f"R{n}",
                f"12036304123456789{n % 2}@g.us",
                "8@lid",
                "",
                "8@lid",
                "Eve",
                "revoke",
                Letter(content=Revoke(target=Target(f"A{n}", "7@lid"))),
                doors.clock(),
            )
            for n in range(count)
        ]
        news = [News(number, alice.account_id, await doors.keyring.sealer(alice.account_id), events)]

        async def work(tx: Tx) -> None:
            await apply(tx, doors.clock(), 72, news)

        await doors.db.writer.run(work)

    return receive


async def waiting(doors: Doors) -> list[tuple[int, int]]:
    """When each is due, and how often it was tried."""
    async with doors.db.reading() as tx:
        return [tuple(row) for row in await tx.rows(select(removals.c.due_at, removals.c.tries))]


async def test_each_is_given_to_one_with_those_of_its_group(doors: Doors, came: Came) -> None:
    await came(20)
    portions = await asyncio.gather(*(Removals(doors).claim(4) for _ in range(6)))
    given = [each for portion in portions for some in portion for each in some]
    assert sorted(each.arrival.event.wa_id for each in given) == sorted(f"R{n}" for n in range(20))
    assert all(len({each.arrival.event.chat for each in some}) == 1 for portion in portions for some in portion)


async def test_while_the_number_is_away_no_try_is_counted(doors: Doors, came: Came, clock: Any) -> None:
    await came(1)
    for _ in range(3):
        (some,) = await Removals(doors).claim(10)
        await Removals(doors).carry_out(some)
        assert await waiting(doors) == [(clock() + AGAIN_MS, 0)]
        clock.forward(AGAIN_MS)


async def test_a_claim_ends(doors: Doors, came: Came, clock: Any) -> None:
    await came(1)
    assert len(await Removals(doors).claim(10)) == 1
    assert await Removals(doors).claim(10) == []
    clock.forward(HOLD_MS)
    ((removal,),) = await Removals(doors).claim(10)
    assert removal.tries == 2


async def test_what_is_done_is_done_once(doors: Doors, came: Came) -> None:
    await came(2)
    ids = [each.id for some in await Removals(doors).claim(10) for each in some]
    assert await doors.db.writer.run(lambda tx: rows.waiting.done(tx, ids)) == set(ids)
    assert await doors.db.writer.run(lambda tx: rows.waiting.done(tx, ids)) == set()
    assert await waiting(doors) == []
