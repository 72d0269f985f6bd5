"""Refusals, unknown outcomes, and texts that cannot be opened: each ends in a true state, with a reason."""

import pytest
from sqlalchemy import update

from messageapi.engines.port import NotSent, Unconfirmed
from messageapi.store.tables import bodies


def refused(simulator):
    def script(job):
        detail = "The recipient is not on WhatsApp."
        return [NotSent(job.message_id, job.attempt, "not_on_whatsapp", detail, True, simulator.now_ms())]

    return script


async def test_a_refused_message_fails_with_the_reason_and_its_body_is_destroyed(
    worker, doors, host, number, say, until, told, simulator
):
    host.script = refused(simulator)
    message = await until(await say(), "failed")
    assert message.error
    assert (message.error.code, message.timeline[-1].status) == ("not_on_whatsapp", "failed")
    event = (await told())[-1]
    assert (event["type"], event["data"]["error"]["code"]) == ("message.failed", "not_on_whatsapp")
    async with doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


async def test_a_refused_message_does_not_hold_up_the_next(worker, host, number, say, until, simulator):
    bad, good = refused(simulator), host.script
    host.script = lambda job: bad(job) if job.text == "bad" else good(job)
    ids = [await say("bad"), await say("good")]
    await until(ids[0], "failed")
    await until(ids[1], "read")


@pytest.fixture
def unanswered(simulator):
    """WhatsApp gives no answer, but the message's id is known."""

    def script(job):
        return [Unconfirmed(job.message_id, job.attempt, simulator.now_ms(), "no_answer", simulator.wa_id_of(job))]

    return script


async def test_without_an_answer_a_message_is_unconfirmed_and_not_sent_again(
    worker, host, number, say, until, told, unanswered
):
    host.script = unanswered
    message = await until(await say(), "unconfirmed")
    assert message.error
    assert message.error.code == "no_answer"
    assert (await told())[-1]["type"] == "message.unconfirmed"
    worker.dispatcher.wake(number)
    await worker.dispatcher.poll()
    assert len(host.submitted) == 1


async def test_an_unconfirmed_message_keeps_its_body_for_a_while_only(worker, doors, host, number, say, until, unanswered):
    host.script = unanswered
    await until(await say(), "unconfirmed")
    async with doors.db.reading() as tx:
        (body,) = await tx.rows(bodies.select())
    assert body.expires_at > doors.clock() + 71 * 3_600_000


async def test_a_later_receipt_settles_an_unconfirmed_message(
    worker, doors, host, number, say, until, told, unanswered, simulator
):
    host.script = unanswered
    message_id = await say()
    await until(message_id, "unconfirmed")
    host.report(number, simulator.receipt(host.submitted[0], "delivered"))
    message = await until(message_id, "delivered")
    assert message.error is None
    assert (await told())[-1]["type"] == "message.delivered"
    async with doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


async def test_a_text_that_cannot_be_opened_fails_alone(worker, doors, host, number, say, until, set_number):
    await set_number(number, state="reconnecting")
    broken, good = await say("broken"), await say("good")

    async def spoil(tx):
        await tx.execute(update(bodies).where(bodies.c.message_id == broken).values(sealed=b"\1" * 200))

    await doors.db.writer.run(spoil)
    await set_number(number, state="connected")
    message = await until(broken, "failed")
    assert message.error
    assert message.error.code == "body_unreadable"
    await until(good, "read")
    assert host.texts() == ["good"]
