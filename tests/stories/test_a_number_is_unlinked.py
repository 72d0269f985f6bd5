"""Messages of a number that was unlinked end: those that wait fail, those whose outcome is lost are unconfirmed."""

from messageapi.messages.queue import flight


async def test_messages_that_wait_fail_with_the_reason(worker, host, number, say, until, set_number, doors, told):
    await set_number(number, state="reconnecting")
    ids = [await say(f"{place}") for place in range(3)]
    await set_number(number, state="logged_out", state_since=doors.clock())
    for each in ids:
        message = await until(each, "failed")
        assert message.error
        assert message.error.code == "number_unlinked"
    assert [event["type"] for event in await told()][-3:] == ["message.failed"] * 3


async def test_what_was_handed_over_is_unconfirmed_when_its_host_has_had_its_time(
    worker, host, number, say, until, set_number, doors, eventually
):
    host.hold = True
    message_id = await say()
    await eventually(lambda: host.submitted)
    await set_number(number, state="logged_out", state_since=doors.clock())
    await eventually(lambda: worker.dispatcher._lanes[number].idle)
    assert (await until(message_id, "sending", "unconfirmed")).status == "sending"
    await set_number(number, state_since=doors.clock() - flight.GRACE_MS)
    message = await until(message_id, "unconfirmed")
    assert message.error
    assert message.error.code == "outcome_lost"


async def test_an_outcome_within_the_hosts_time_still_counts(
    worker, host, number, say, until, set_number, doors, eventually
):
    host.hold = True
    message_id = await say()
    await eventually(lambda: host.submitted)
    await set_number(number, state="logged_out", state_since=doors.clock())
    host.play(number)
    await until(message_id, "read")


async def test_a_message_handed_to_a_session_that_is_gone_is_never_sent_again(
    worker, host, number, say, until, set_number, place, doors, eventually, simulator
):
    host.hold = True
    message_id = await say()
    await eventually(lambda: host.submitted)
    await set_number(number, state="linking")
    host.journals[number] = simulator.Journal()
    await place(number, journal_since=doors.clock() + 1, epoch=2, taken_seq=0)
    await set_number(number, state="connected")
    await until(message_id, "unconfirmed")
    assert len(host.submitted) == 1


async def test_messages_that_wait_outlive_linking_again(worker, host, number, say, until, set_number, place, doors):
    await set_number(number, state="stopped")
    message_id = await say()
    await set_number(number, state="linking")
    await place(number, journal_since=doors.clock() + 1)
    await set_number(number, state="connected")
    await until(message_id, "read")
