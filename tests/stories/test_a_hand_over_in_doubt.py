"""When it is not known whether a host got messages, it is asked; nothing is sent twice and nothing is forgotten."""

from typing import Any

import pytest

from messageapi.messages.queue.claim import Ask, claim
from messageapi.vocab.content import words
from messageapi.workers.sending import courier, handover


@pytest.fixture(autouse=True)
def hasty(monkeypatch: Any) -> None:
    monkeypatch.setattr(courier, "DEADLINE_S", 0.2)
    monkeypatch.setattr(handover, "RETRY_S", 0.05)


async def test_messages_written_but_not_answered_are_sent_once(worker: Any, story: Any) -> None:
    story.host.mute = 1
    await story.until(await story.say("Hello"), "read")
    assert story.host.texts() == ["Hello"]


async def test_messages_that_never_arrived_are_handed_over_again(worker: Any, story: Any) -> None:
    story.host.deaf = 1
    ids = [await story.say("one"), await story.say("two")]
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == ["one", "two"]


async def test_messages_still_under_way_when_asked_about_are_waited_for(worker: Any, story: Any) -> None:
    story.host.mute, story.host.hold = 1, True
    ids = [await story.say("one")]
    await story.eventually(lambda: story.host.asked)
    ids.append(await story.say("two"))
    story.host.hold = False
    story.host.play(story.number)
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == ["one", "two"]


async def test_a_refused_hand_over_is_tried_again_in_order(worker: Any, story: Any) -> None:
    story.host.refuses = "stopping"
    ids = [await story.say(f"{place}") for place in range(5)]
    await story.eventually(lambda: worker.dispatcher._lanes[story.number]._timer)
    story.host.refuses = ""
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == [f"{place}" for place in range(5)]


async def test_a_worker_that_died_between_claim_and_hand_over_loses_nothing(another_worker: Any, story: Any) -> None:
    message_id = await story.say("Hello")
    dead = await story.doors.db.writer.join(claim, Ask(story.number, frozenset(), 32, story.doors.clock()))
    assert [job.message_id for job in dead.jobs] == [message_id]
    await another_worker()
    await story.until(message_id, "read")
    assert [(words(job.letter.content), job.attempt) for job in story.host.submitted] == [("Hello", 2)]


async def test_a_worker_that_died_after_the_hand_over_sends_nothing_twice(
    worker: Any, another_worker: Any, story: Any
) -> None:
    story.host.hold = True
    ids = [await story.say(f"{place}") for place in range(3)]
    await story.eventually(lambda: len(story.host.submitted) == 3)
    await worker.stop()
    await another_worker()
    await story.eventually(lambda: story.host.asked)
    ids.append(await story.say("3"))
    story.host.hold = False
    story.host.play(story.number)
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == ["0", "1", "2", "3"]


async def test_outcomes_reported_while_no_worker_listened_are_taken_in_later(
    worker: Any, another_worker: Any, story: Any
) -> None:
    story.host.hold = True
    message_id = await story.say()
    await story.eventually(lambda: story.host.submitted)
    await worker.stop()
    story.host.play(story.number)
    await another_worker()
    await story.until(message_id, "read")
    assert len(story.host.submitted) == 1


async def test_after_a_host_died_the_next_one_answers_for_it(worker: Any, story: Any) -> None:
    story.host.hold = True
    ids = [await story.say("one"), await story.say("two")]
    await story.eventually(lambda: len(story.host.submitted) == 2)
    await story.host.stop()
    second = await story.simulator.ScriptedHost(story.bus, "host_2").start()
    second.journals[story.number] = story.host.journals[story.number]
    await story.place(story.number, host_id="host_2", epoch=2)
    second.holds(story.number, 2)
    second.play(story.number)
    for each in ids:
        await story.until(each, "read")
    assert second.submitted == []
    await second.stop()


async def test_an_outcome_that_never_comes_ends_as_unconfirmed(worker: Any, story: Any, monkeypatch: Any) -> None:
    story.host.script = lambda _: []
    message_id = await story.say()
    await story.eventually(lambda: story.host.submitted)
    lane = worker.dispatcher._lanes[story.number]
    for asked in range(handover.MOST_REPORTED):
        await story.eventually(lambda: lane.idle)
        lane._held.clear()
        worker.dispatcher.wake(story.number)
        await story.eventually(lambda asked=asked: len(story.host.asked) == asked + 1)
    message = await story.until(message_id, "unconfirmed")
    assert message.error
    assert message.error.code == "outcome_lost"
