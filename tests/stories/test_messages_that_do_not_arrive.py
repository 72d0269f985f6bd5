"""Refusals, unknown outcomes, and texts that cannot be opened: each ends in a true state, with a reason."""

from typing import Any

import pytest
from sqlalchemy import update

from messageapi.engines.port import NotSent, Unconfirmed
from messageapi.store.tables import bodies
from messageapi.vocab.content import words


def refused(simulator: Any) -> Any:
    def script(job: Any) -> Any:
        detail = "The recipient is not on WhatsApp."
        return [NotSent(job.message_id, job.attempt, "not_on_whatsapp", detail, True, simulator.now_ms())]

    return script


async def test_a_refused_message_fails_with_the_reason_and_its_body_is_destroyed(worker: Any, story: Any) -> None:
    story.host.script = refused(story.simulator)
    message = await story.until(await story.say(), "failed")
    assert message.error
    assert (message.error.code, message.timeline[-1].status) == ("not_on_whatsapp", "failed")
    event = (await story.told())[-1]
    assert (event["type"], event["data"]["error"]["code"]) == ("message.failed", "not_on_whatsapp")
    async with story.doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


async def test_a_refused_message_does_not_hold_up_the_next(worker: Any, story: Any) -> None:
    bad, good = refused(story.simulator), story.host.script
    story.host.script = lambda job: bad(job) if words(job.letter.content) == "bad" else good(job)
    ids = [await story.say("bad"), await story.say("good")]
    await story.until(ids[0], "failed")
    await story.until(ids[1], "read")


@pytest.fixture
def unanswered(story: Any) -> Any:
    """WhatsApp gives no answer, but the message's id is known."""

    def script(job: Any) -> Any:
        return [
            Unconfirmed(
                job.message_id, job.attempt, story.simulator.now_ms(), "no_answer", story.simulator.wa_id_of(job)
            )
        ]

    return script


async def test_without_an_answer_a_message_is_unconfirmed_and_not_sent_again(
    worker: Any, story: Any, unanswered: Any
) -> None:
    story.host.script = unanswered
    message = await story.until(await story.say(), "unconfirmed")
    assert message.error
    assert message.error.code == "no_answer"
    assert (await story.told())[-1]["type"] == "message.unconfirmed"
    worker.dispatcher.wake(story.number)
    await worker.dispatcher.poll()
    assert len(story.host.submitted) == 1


async def test_an_unconfirmed_message_keeps_its_body_for_a_while_only(worker: Any, story: Any, unanswered: Any) -> None:
    story.host.script = unanswered
    await story.until(await story.say(), "unconfirmed")
    async with story.doors.db.reading() as tx:
        (body,) = await tx.rows(bodies.select())
    assert body.expires_at > story.doors.clock() + 71 * 3_600_000


async def test_a_later_receipt_settles_an_unconfirmed_message(worker: Any, story: Any, unanswered: Any) -> None:
    story.host.script = unanswered
    message_id = await story.say()
    await story.until(message_id, "unconfirmed")
    story.host.report(story.number, story.simulator.receipt(story.host.submitted[0], "delivered"))
    message = await story.until(message_id, "delivered")
    assert message.error is None
    assert (await story.told())[-1]["type"] == "message.delivered"
    async with story.doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


async def test_a_text_that_cannot_be_opened_fails_alone(worker: Any, story: Any) -> None:
    await story.set_number(story.number, state="reconnecting")
    broken, good = await story.say("broken"), await story.say("good")

    async def spoil(tx: Any) -> None:
        await tx.execute(update(bodies).where(bodies.c.message_id == broken).values(sealed=b"\1" * 200))

    await story.doors.db.writer.run(spoil)
    await story.set_number(story.number, state="connected")
    message = await story.until(broken, "failed")
    assert message.error
    assert message.error.code == "body_unreadable"
    await story.until(good, "read")
    assert story.host.texts() == ["good"]
