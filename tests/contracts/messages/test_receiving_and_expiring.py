"""Inbound messages and expiry on each database."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from messageapi.engines.port import Inbound, Receipt, Undecryptable
from messageapi.messages.expire import EARLY_RECEIPTS_MS
from messageapi.messages.following.events import News, apply
from messageapi.store.tables import bodies, early_receipts, messages, outbox
from messageapi.vocab.content import Letter, Text
from messageapi.workers.chores import Chores

DANA = "12025550177@s.whatsapp.net"
HOUR = 3_600_000


def hello(wa_id: Any = "A1", text: Any = "Hello", kind: Any = "text") -> Any:
    return Inbound(wa_id, DANA, DANA, "+12025550177", "77@lid", "Dana", kind, Letter(content=Text(text)), 1_000)


@pytest.fixture
def count(doors: Any) -> Any:
    async def rows_of(table: Any) -> Any:
        async with doors.db.reading() as tx:
            return await tx.scalar(select(func.count()).select_from(table))

    return rows_of


async def test_a_message_is_stored_once_however_often_it_comes(number: Any, report: Any, count: Any) -> None:
    assert len(await report(number, hello(), hello(), hello("A2"))) == 2
    assert await report(number, hello(), hello("A2")) == []
    assert (await count(messages), await count(bodies), await count(outbox)) == (2, 2, 2)


async def test_two_workers_that_take_in_the_same_message_store_it_once(
    doors: Any, alice: Any, number: Any, count: Any
) -> None:
    sealer = await doors.keyring.sealer(alice.account_id)
    news = [News(number, alice.account_id, sealer, [hello(f"A{place}") for place in range(20)])]

    async def work(tx: Any) -> Any:
        return await apply(tx, doors.clock(), 72, news)

    stored = await asyncio.gather(*(doors.db.writer.run(work) for _ in range(5)))
    assert sum(map(len, stored)) == 20
    assert (await count(messages), await count(outbox)) == (20, 20)


async def test_a_stub_is_upgraded_once(number: Any, report: Any, show: Any, count: Any) -> None:
    (stub,) = await report(number, Undecryptable("A1", DANA, DANA, 1_000))
    assert (await show(stub)).type == "undecryptable"
    assert await report(number, hello()) == [stub]
    assert await report(number, hello(), Undecryptable("A1", DANA, DANA, 1_000)) == []
    message = await show(stub)
    assert (message.type, message.text) == ("text", "Hello")
    assert await count(bodies) == 1


async def test_many_messages_are_stored_in_one_batch(number: Any, report: Any, count: Any) -> None:
    assert len(await report(number, *(hello(f"A{place}") for place in range(1_500)))) == 1_500
    assert await count(bodies) == 1_500


async def test_what_has_expired_is_deleted_and_nothing_else(
    doors: Any, number: Any, report: Any, say: Any, count: Any, clock: Any
) -> None:
    await report(number, *(hello(f"A{place}") for place in range(2_300)))
    clock.forward(HOUR)
    await say()
    clock.forward(71 * HOUR - 1)
    await Chores(doors).turn()
    assert (await count(bodies), await count(outbox)) == (2_301, 2_301)
    clock.forward(1)
    await Chores(doors).turn()
    await Chores(doors).turn()
    assert (await count(bodies), await count(outbox)) == (1, 1)
    assert await count(messages) == 2_301


async def test_a_receipt_nobody_claims_is_forgotten_after_a_day(
    doors: Any, number: Any, report: Any, count: Any, clock: Any
) -> None:
    await report(number, Receipt(["STRAY"], "read", DANA, DANA, 1_000))
    clock.forward(EARLY_RECEIPTS_MS - 1)
    await Chores(doors).turn()
    assert await count(early_receipts) == 1
    clock.forward(1)
    await Chores(doors).turn()
    assert await count(early_receipts) == 0


@pytest.mark.parametrize("now", [0, 1, 2**31, 2**53])
async def test_expiry_is_safe_at_the_ends_of_time(
    doors: Any, number: Any, report: Any, count: Any, clock: Any, now: Any
) -> None:
    await report(number, hello())
    stored = clock.now
    clock.now = now
    await Chores(doors).turn()
    assert await count(bodies) == (1 if now < stored else 0)


async def test_an_outbound_body_that_waits_never_expires(
    doors: Any, number: Any, say: Any, count: Any, clock: Any
) -> None:
    await say()
    clock.forward(10 * 365 * 24 * HOUR)
    await Chores(doors).turn()
    assert await count(bodies) == 1
