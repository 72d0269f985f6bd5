"""WhatsApp may report `delivered` before it acknowledges the message: nothing may be lost or go backwards."""

import pytest


@pytest.mark.parametrize("order", [("delivered", "sent", "read"), ("read", "delivered", "sent"), ("read", "sent")])
async def test_receipts_before_the_result_are_applied_when_it_comes(worker, host, number, say, until, simulator, order):
    def script(job):
        return [simulator.sent(job) if each == "sent" else simulator.receipt(job, each) for each in order]

    host.script = script
    message = await until(await say(), "read")
    assert [moment.status for moment in message.timeline] == ["accepted", "sending", "sent", "delivered", "read"]


async def test_a_receipt_waits_in_the_database_for_its_message(
    worker, host, number, say, until, simulator, eventually, another_worker
):
    host.hold = True
    message_id = await say()
    await until(message_id, "sending")
    await eventually(lambda: host.submitted)
    job = host.submitted[0]
    host.report(number, simulator.receipt(job, "delivered"))
    await eventually(lambda: host.journals[number].taken == 1)
    await worker.stop()
    await another_worker()
    host.report(number, simulator.sent(job))
    message = await until(message_id, "delivered")
    assert message.wa_message_id == simulator.wa_id_of(job)


async def test_in_a_group_the_first_reader_counts(worker, host, number, say, until, simulator):
    def script(job):
        one, other = simulator.receipt(job, "read"), simulator.receipt(job, "delivered")
        return [simulator.sent(job), one, other, other]

    host.script = script
    message = await until(await say(to="120363000000000001@g.us"), "read")
    assert message.status == "read"


async def test_a_receipt_of_a_message_we_did_not_send_disturbs_nothing(worker, host, number, say, until, simulator):
    stray = simulator.Receipt(["STRANGER"], "read", "1@lid", "1@lid", simulator.now_ms())
    host.report(number, stray, stray)
    await until(await say(), "read")
