"""Messages of a number that was unlinked end: those that wait fail, those whose outcome is lost are unconfirmed."""

from typing import Any

from messageapi.messages.queue import flight


async def test_messages_that_wait_fail_with_the_reason(worker: Any, story: Any) -> None:
    await story.set_number(story.number, state="reconnecting")
    ids = [await story.say(f"{place}") for place in range(3)]
    await story.set_number(story.number, state="logged_out", state_since=story.doors.clock())
    for each in ids:
        message = await story.until(each, "failed")
        assert message.error
        assert message.error.code == "number_unlinked"
    assert [event["type"] for event in await story.told()][-3:] == ["message.failed"] * 3


async def test_what_was_handed_over_is_unconfirmed_when_its_host_has_had_its_time(worker: Any, story: Any) -> None:
    story.host.hold = True
    message_id = await story.say()
    await story.eventually(lambda: story.host.submitted)
    await story.set_number(story.number, state="logged_out", state_since=story.doors.clock())
    await story.eventually(lambda: worker.dispatcher._lanes[story.number].idle)
    assert (await story.until(message_id, "sending", "unconfirmed")).status == "sending"
    await story.set_number(story.number, state_since=story.doors.clock() - flight.GRACE_MS)
    message = await story.until(message_id, "unconfirmed")
    assert message.error
    assert message.error.code == "outcome_lost"


async def test_an_outcome_within_the_hosts_time_still_counts(worker: Any, story: Any) -> None:
    story.host.hold = True
    message_id = await story.say()
    await story.eventually(lambda: story.host.submitted)
    await story.set_number(story.number, state="logged_out", state_since=story.doors.clock())
    story.host.play(story.number)
    await story.until(message_id, "read")


async def test_a_message_handed_to_a_session_that_is_gone_is_never_sent_again(worker: Any, story: Any) -> None:
    story.host.hold = True
    message_id = await story.say()
    await story.eventually(lambda: story.host.submitted)
    await story.set_number(story.number, state="linking")
    story.host.journals[story.number] = story.simulator.Journal()
    await story.place(story.number, journal_since=story.doors.clock() + 1, epoch=2, taken_seq=0)
    await story.set_number(story.number, state="connected")
    await story.until(message_id, "unconfirmed")
    assert len(story.host.submitted) == 1


async def test_messages_that_wait_outlive_linking_again(worker: Any, story: Any) -> None:
    await story.set_number(story.number, state="stopped")
    message_id = await story.say()
    await story.set_number(story.number, state="linking")
    await story.place(story.number, journal_since=story.doors.clock() + 1)
    await story.set_number(story.number, state="connected")
    await story.until(message_id, "read")
