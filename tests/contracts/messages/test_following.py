"""Outcomes and receipts on each database, in batches, in any order, more than once."""

from typing import Any

import pytest
from sqlalchemy import func, select

from messageapi.engines.port import NotSent, Receipt, Sent, Unconfirmed
from messageapi.messages.cancel import cancel
from messageapi.messages.queue.flight import Lost, abandon
from messageapi.store.tables import bodies, early_receipts, outbox

CHAT = "12025550123@s.whatsapp.net"


def sent(message_id: Any, attempt: Any = 1, wa_id: Any = None, at: Any = 1_000) -> Any:
    return Sent(message_id, attempt, wa_id or f"WA-{message_id[-8:]}", at)


def receipt(message_id: Any, kind: Any = "delivered", at: Any = 2_000) -> Any:
    return Receipt([f"WA-{message_id[-8:]}"], kind, CHAT, CHAT, at)


def back(message_id: Any, attempt: Any = 1) -> Any:
    return NotSent(message_id, attempt, "not_connected", "Lost.", False, 1_000)


@pytest.fixture
def count(doors: Any) -> Any:
    async def rows_of(table: Any) -> Any:
        async with doors.db.reading() as tx:
            return await tx.scalar(select(func.count()).select_from(table))

    return rows_of


async def test_a_whole_batch_is_settled_in_one_transaction(
    number: Any, say: Any, take: Any, report: Any, show: Any, count: Any
) -> None:
    ids = [await say(f"{place}") for place in range(700)]
    while (await take(number, window=700)).jobs:
        pass
    before = await count(outbox)
    changed = await report(number, *map(sent, ids), *(receipt(each, "read") for each in ids))
    assert sorted(changed) == sorted(ids)
    assert await count(bodies) == 0
    assert await count(outbox) == before + 3 * 700
    assert (await show(ids[-1])).status == "read"


async def test_reports_that_come_again_change_nothing(
    number: Any, say: Any, take: Any, report: Any, count: Any
) -> None:
    message_id = await say()
    await take(number)
    await report(number, sent(message_id), receipt(message_id))
    events = await count(outbox)
    assert await report(number, sent(message_id), receipt(message_id), back(message_id)) == []
    assert await count(outbox) == events


async def test_an_early_receipt_is_kept_once_and_used_once(
    number: Any, say: Any, take: Any, report: Any, show: Any, count: Any
) -> None:
    message_id = await say()
    await take(number)
    await report(number, receipt(message_id), receipt(message_id))
    await report(number, receipt(message_id))
    assert await count(early_receipts) == 1
    await report(number, sent(message_id))
    assert (await show(message_id)).status == "delivered"
    assert await count(early_receipts) == 0


async def test_a_receipt_of_another_number_with_the_same_id_does_not_count(
    number: Any, make_number: Any, say: Any, take: Any, report: Any, show: Any
) -> None:
    message_id = await say(from_=number)
    other = await make_number("other", phone="+12025550101")
    await take(number)
    await report(number, sent(message_id))
    await report(other, receipt(message_id, "read"))
    assert (await show(message_id)).status == "sent"


async def test_a_host_settles_only_messages_of_its_number(
    number: Any, make_number: Any, say: Any, take: Any, report: Any, show: Any
) -> None:
    message_id = await say(from_=number)
    other = await make_number("other", phone="+12025550101")
    await take(number)
    assert await report(other, sent(message_id)) == []
    assert (await show(message_id)).status == "sending"


async def test_an_old_attempts_failure_does_not_end_the_new_attempt(
    number: Any, say: Any, take: Any, report: Any, show: Any, clock: Any
) -> None:
    message_id = await say()
    await take(number)
    await report(number, back(message_id))
    clock.forward(60_000)
    await take(number)
    await report(number, back(message_id), Unconfirmed(message_id, 1, 1_000, "no_answer"))
    assert (await show(message_id)).status == "sending"


async def test_an_acknowledgement_counts_for_whichever_attempt(
    number: Any, say: Any, take: Any, report: Any, show: Any, clock: Any
) -> None:
    """WhatsApp has the message: that it was put back meanwhile does not matter, it must not leave again."""
    message_id = await say()
    await take(number)
    await report(number, back(message_id))
    await report(number, sent(message_id, attempt=1))
    assert (await show(message_id)).status == "sent"
    clock.forward(60_000)
    assert (await take(number)).jobs == []


@pytest.fixture
async def canceled(doors: Any, alice: Any, number: Any, say: Any) -> Any:
    message_id = await say()
    await cancel(doors, alice, message_id)
    return message_id


async def test_a_canceled_message_stays_canceled(canceled: Any, number: Any, take: Any, report: Any, show: Any) -> None:
    assert (await take(number)).jobs == []
    await report(number, sent(canceled), receipt(canceled))
    assert (await show(canceled)).status == "canceled"


@pytest.fixture
def give_up(doors: Any, alice: Any, number: Any) -> Any:
    """Abandon all of the number's messages as after unlinking."""

    async def work() -> Any:
        lost = Lost(number, await doors.keyring.sealer(alice.account_id), True, doors.clock(), doors.clock(), 72)
        return await doors.db.writer.run(lambda tx: abandon(tx, lost))

    return work


@pytest.fixture
async def half_sent(number: Any, say: Any, take: Any, clock: Any) -> Any:
    """Four messages, two of them under way for a minute."""
    ids = [await say(f"{place}") for place in range(4)]
    await take(number, window=2)
    clock.forward(60_000)
    return ids


async def test_an_unlinked_number_gives_up_all_of_its_messages_once(
    half_sent: Any, give_up: Any, show: Any, count: Any
) -> None:
    assert sorted(await give_up()) == sorted(half_sent)
    assert [(await show(each)).status for each in half_sent] == ["unconfirmed"] * 2 + ["failed"] * 2
    assert await give_up() == []
    assert await count(bodies) == 2
