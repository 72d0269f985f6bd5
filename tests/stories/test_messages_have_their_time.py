"""A message leaves when it is due and not before, ends when its time is over, and a restart changes nothing of that."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from messageapi.workers import timetable
from messageapi.workers.timetable import Timetable


@pytest.fixture
async def table(doors: Any) -> AsyncIterator[Timetable]:
    started = Timetable(doors)
    await started.start()
    yield started
    await started.stop()


def at(doors: Any, ms: int) -> datetime:
    return datetime.fromtimestamp((doors.clock() + ms) / 1000, UTC)


async def test_a_scheduled_message_leaves_at_its_time(worker: Any, table: Any, story: Any) -> None:
    message = await story.say("later", send_at=at(story.doors, 300))
    first = await story.say("now")
    await story.until(first, "read")
    assert story.host.texts() == ["now"]
    sent = await story.until(message, "read")
    assert sent.send_at
    assert story.host.texts() == ["now", "later"]
    assert next(each.at for each in sent.timeline if each.status == "sending") >= sent.send_at


async def test_a_message_scheduled_before_the_others_leaves_before_them(
    worker: Any, table: Any, story: Any, eventually: Any
) -> None:
    """The bell of a nearer time brings the next look forward."""
    late = await story.say("late", send_at=at(story.doors, 3_600_000))
    await eventually(lambda: table._next < timetable._NEVER)
    soon = await story.say("soon", send_at=at(story.doors, 100))
    await story.until(soon, "read")
    assert (await story.until(late, "scheduled")).attempts == 0


async def test_what_was_due_while_nobody_was_there_leaves_after_the_restart(
    doors: Any, another_worker: Any, story: Any
) -> None:
    due = doors.clock() + 50
    message = await story.say("later", send_at=at(doors, 50))
    await story.eventually(lambda: doors.clock() > due + 10)
    await another_worker()
    table = Timetable(doors)
    await table.start()
    await story.until(message, "read")
    await table.stop()


async def test_a_message_for_a_number_that_is_away_expires_and_everybody_is_told(
    worker: Any, table: Any, story: Any
) -> None:
    await story.set_number(story.number, state="reconnecting")
    message = await story.say("too late", expires_at=at(story.doors, 100))
    seen = await story.until(message, "expired")
    assert seen.error
    assert seen.error.code == "expired"
    await story.set_number(story.number, state="connected")
    await story.until(await story.say("in time"), "read")
    assert story.host.texts() == ["in time"]
    (event,) = [each for each in await story.told() if each["type"] == "message.expired"]
    assert event["data"]["messageId"] == message


async def test_a_message_that_expires_in_the_hosts_hands_ends_as_expired(worker: Any, story: Any) -> None:
    story.host.script = lambda job: [
        story.simulator.NotSent(job.message_id, job.attempt, "expired", "Too late.", True, story.simulator.now_ms())
    ]
    seen = await story.until(await story.say("x", expires_at=at(story.doors, 60_000)), "expired")
    assert story.host.submitted[0].expires_at
    assert seen.attempts == 1


async def test_what_waited_behind_an_expired_message_leaves(worker: Any, table: Any, story: Any) -> None:
    def script(job: Any) -> Any:
        if job.letter.content.text == "bad":
            return [story.simulator.NotSent(job.message_id, job.attempt, "media_unreadable", "No.", False, 0)]
        return story.simulator.all_goes_well(job)

    story.host.script = script
    bad = await story.say("bad", expires_at=at(story.doors, 300))
    await story.until(bad, "accepted")
    await story.eventually(lambda: story.host.submitted)
    behind = await story.say("behind")
    await story.until(bad, "expired")
    await story.until(behind, "read")
    assert [text for text in story.host.texts() if text != "bad"] == ["behind"]
