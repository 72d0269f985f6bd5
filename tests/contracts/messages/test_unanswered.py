"""What nobody answers, on each database: sent again where its sender chose so, and told to be stuck."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from messageapi.engines.port import Receipt, Sent, Unconfirmed
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import TextMessage
from messageapi.messages.unanswered.resend import resend
from messageapi.messages.unanswered.stuck import find_stuck
from messageapi.store.outbox import outbox_payload
from messageapi.store.tables import bodies, numbers, outbox

CHAT = "12025550123@s.whatsapp.net"


@pytest.fixture
def told(doors: Any, alice: Any) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """What customers are told, in order."""

    async def read() -> list[dict[str, Any]]:
        sealer = await doors.keyring.sealer(alice.account_id)
        async with doors.db.reading() as tx:
            rows = await tx.rows(select(outbox).order_by(outbox.c.seq))
        return [msgspec.json.decode(outbox_payload(sealer, row.id, row.sealed)) for row in rows]

    return read


@pytest.fixture
def post(doors: Any, alice: Any) -> Callable[..., Awaitable[str]]:
    async def say(policy: Any = "resend", to: str = "+12025550123") -> str:
        return (await send(doors, alice, TextMessage(to=to, text="Hello", on_unconfirmed=policy))).id

    return say


@dataclass(frozen=True)
class Life:
    """Of the messages of one number, step by step."""

    doors: Any
    number: str
    clock: Any
    post: Any
    take: Any
    report: Any
    show: Any
    told: Any

    async def doubtful(self, policy: str = "resend") -> str:
        """A message whose first attempt, WA1, nobody answered."""
        message_id: str = await self.post(policy)
        assert (await self.take(self.number)).jobs
        await self.report(self.number, Unconfirmed(message_id, 1, self.clock(), "no_answer", "WA1"))
        return message_id

    async def sent(self, to: str = "+12025550123") -> str:
        message_id: str = await self.post("report", to)
        await self.take(self.number)
        await self.report(self.number, Sent(message_id, 1, "WA1", self.clock()))
        return message_id


@pytest.fixture
def life(request: pytest.FixtureRequest, any_url: str) -> Life:
    return Life(**{field.name: request.getfixturevalue(field.name) for field in fields(Life)})


async def body_of(doors: Any, message_id: str) -> Any:
    async with doors.db.reading() as tx:
        return await tx.row(select(bodies).where(bodies.c.message_id == message_id))


def statuses(view: Any) -> list[str]:
    return [moment.status for moment in view.timeline]


async def test_an_unconfirmed_message_waits_for_a_receipt_and_is_then_sent_again(life: Life) -> None:
    message_id = await life.doubtful()
    life.clock.forward(59_000)
    assert (await resend(life.doors), (await life.show(message_id)).status) == (0, "unconfirmed")
    life.clock.forward(1_000)
    assert await resend(life.doors) == 1
    seen = await life.show(message_id)
    assert (seen.status, seen.error, seen.wa_message_id) == ("accepted", None, "WA1")
    assert statuses(seen) == ["accepted", "sending", "unconfirmed", "resent"]
    assert (await body_of(life.doors, message_id)).expires_at is None  # it may wait for long


async def test_its_timeline_and_events_tell_both_attempts(life: Life) -> None:
    message_id = await life.doubtful()
    life.clock.forward(60_000)
    await resend(life.doors)
    (job,) = (await life.take(life.number)).jobs
    assert (job.message_id, job.attempt) == (message_id, 2)
    await life.report(life.number, Sent(message_id, 2, "WA2", life.clock()))
    await life.report(life.number, Receipt(["WA1"], "delivered", CHAT, CHAT, life.clock()))
    seen = await life.show(message_id)
    assert statuses(seen) == ["accepted", "unconfirmed", "resent", "sending", "sent", "delivered"]
    assert (seen.attempts, seen.wa_message_id) == (2, "WA2")
    events = [(event["type"], event["data"].get("attempts")) for event in await life.told()]
    assert events == [
        ("message.accepted", None),
        ("message.unconfirmed", 1),
        ("message.resent", 1),
        ("message.sent", 2),
        ("message.delivered", 2),
    ]
    assert await body_of(life.doors, message_id) is None


async def test_it_is_sent_again_once(life: Life) -> None:
    message_id = await life.doubtful()
    life.clock.forward(60_000)
    await resend(life.doors)
    assert (await life.take(life.number)).jobs
    await life.report(life.number, Unconfirmed(message_id, 2, life.clock(), "no_answer"))
    life.clock.forward(3_600_000)
    assert await resend(life.doors) == 0
    assert statuses(await life.show(message_id)) == ["accepted", "resent", "sending", "unconfirmed"]


async def test_a_receipt_in_time_keeps_it_from_being_sent_again(life: Life) -> None:
    message_id = await life.doubtful()
    await life.report(life.number, Receipt(["WA1"], "delivered", CHAT, CHAT, life.clock()))
    life.clock.forward(60_000)
    assert (await resend(life.doors), (await life.show(message_id)).status) == (0, "delivered")


async def test_a_receipt_finds_the_message_that_waits_for_its_second_attempt(life: Life) -> None:
    message_id = await life.doubtful()
    life.clock.forward(60_000)
    await resend(life.doors)
    await life.report(life.number, Receipt(["WA1"], "read", CHAT, CHAT, life.clock()))
    assert (await life.show(message_id)).status == "read"
    assert (await life.take(life.number)).jobs == []


async def test_the_policy_is_report_where_nothing_else_was_chosen(life: Life) -> None:
    await life.doubtful("report")
    life.clock.forward(3_600_000)
    assert await resend(life.doors) == 0


async def test_what_waits_for_nobody_or_has_no_body_is_not_sent_again(life: Life) -> None:
    await life.doubtful()
    life.clock.forward(60_000)
    await life.doors.db.writer.run(lambda tx: tx.execute(numbers.update().values(state="logged_out")))
    assert await resend(life.doors) == 0
    await life.doors.db.writer.run(lambda tx: tx.execute(numbers.update().values(state="connected")))
    await life.doors.db.writer.run(lambda tx: tx.execute(bodies.delete()))
    assert await resend(life.doors) == 0


async def test_a_message_that_whatsapp_does_not_acknowledge_is_told_to_be_stuck_once(life: Life) -> None:
    message_id = await life.post("report")
    await life.take(life.number)
    life.clock.forward(59_000)
    assert await find_stuck(life.doors) == 0
    life.clock.forward(1_000)
    assert (await find_stuck(life.doors), await find_stuck(life.doors)) == (1, 0)
    seen = await life.show(message_id)
    assert (seen.status, seen.stuck, bool(seen.stuck_since)) == ("sending", True, True)
    event = (await life.told())[-1]
    assert (event["type"], event["data"]["status"]) == ("message.stuck", "sending")
    await life.report(life.number, Sent(message_id, 1, "WA1", life.clock()))
    seen = await life.show(message_id)
    assert (seen.status, seen.stuck, seen.stuck_since) == ("sent", False, None)


async def test_a_message_that_no_phone_acknowledges_is_told_to_be_stuck_once(life: Life) -> None:
    message_id = await life.sent()
    life.clock.forward(86_399_000)
    assert await find_stuck(life.doors) == 0
    life.clock.forward(1_000)
    assert (await find_stuck(life.doors), await find_stuck(life.doors)) == (1, 0)
    event = (await life.told())[-1]
    assert (event["type"], event["data"]["status"]) == ("message.stuck", "sent")
    await life.report(life.number, Receipt(["WA1"], "delivered", CHAT, CHAT, life.clock()))
    assert not (await life.show(message_id)).stuck


async def test_a_channel_has_no_receipts_so_nothing_in_it_gets_stuck(life: Life) -> None:
    message_id = await life.sent("120363000000000001@newsletter")
    life.clock.forward(86_400_000)
    assert (await find_stuck(life.doors), await find_stuck(life.doors)) == (1, 0)  # looked at once
    assert not (await life.show(message_id)).stuck
    assert [event["type"] for event in await life.told()] == ["message.accepted", "message.sent"]
