"""WhatsApp may report `delivered` before it acknowledges the message: nothing may be lost or go backwards."""

from typing import Any

import pytest


@pytest.mark.parametrize("order", [("delivered", "sent", "read"), ("read", "delivered", "sent"), ("read", "sent")])
async def test_receipts_before_the_result_are_applied_when_it_comes(worker: Any, story: Any, order: Any) -> None:
    def script(job: Any) -> Any:
        return [story.simulator.sent(job) if each == "sent" else story.simulator.receipt(job, each) for each in order]

    story.host.script = script
    message = await story.until(await story.say(), "read")
    assert [moment.status for moment in message.timeline] == ["accepted", "sending", "sent", "delivered", "read"]


async def test_a_receipt_waits_in_the_database_for_its_message(worker: Any, another_worker: Any, story: Any) -> None:
    story.host.hold = True
    message_id = await story.say()
    await story.until(message_id, "sending")
    await story.eventually(lambda: story.host.submitted)
    job = story.host.submitted[0]
    story.host.report(story.number, story.simulator.receipt(job, "delivered"))
    await story.eventually(lambda: story.host.journals[story.number].taken == 1)
    await worker.stop()
    await another_worker()
    story.host.report(story.number, story.simulator.sent(job))
    message = await story.until(message_id, "delivered")
    assert message.wa_message_id == story.simulator.wa_id_of(job)


async def test_in_a_group_the_first_reader_counts(worker: Any, story: Any) -> None:
    def script(job: Any) -> Any:
        one, other = story.simulator.receipt(job, "read"), story.simulator.receipt(job, "delivered")
        return [story.simulator.sent(job), one, other, other]

    story.host.script = script
    message = await story.until(await story.say(to="120363000000000001@g.us"), "read")
    assert message.status == "read"


async def test_a_receipt_of_a_message_we_did_not_send_disturbs_nothing(worker: Any, story: Any) -> None:
    stray = story.simulator.Receipt(["STRANGER"], "read", "1@lid", "1@lid", story.simulator.now_ms())
    story.host.report(story.number, stray, stray)
    await story.until(await story.say(), "read")
