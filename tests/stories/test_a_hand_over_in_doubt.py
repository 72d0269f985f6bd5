"""When it is not known whether a host got messages, the host is asked; nothing is sent twice and nothing is forgotten."""

import pytest

from messageapi.messages.queue.claim import Ask, claim
from messageapi.workers import handover


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(handover, "SUBMIT_DEADLINE_S", 0.2)
    monkeypatch.setattr(handover, "RETRY_S", 0.05)


async def test_messages_written_but_not_answered_are_sent_once(worker, host, number, say, until):
    host.mute = 1
    await until(await say("Hello"), "read")
    assert host.texts() == ["Hello"]


async def test_messages_that_never_arrived_are_handed_over_again(worker, host, number, say, until):
    host.deaf = 1
    ids = [await say("one"), await say("two")]
    for each in ids:
        await until(each, "read")
    assert host.texts() == ["one", "two"]


async def test_messages_still_under_way_when_asked_about_are_waited_for(worker, host, number, say, until, eventually):
    host.mute, host.hold = 1, True
    ids = [await say("one")]
    await eventually(lambda: host.asked)
    ids.append(await say("two"))
    host.hold = False
    host.play(number)
    for each in ids:
        await until(each, "read")
    assert host.texts() == ["one", "two"]


async def test_a_refused_hand_over_is_tried_again_in_order(worker, host, number, say, until, eventually):
    host.refuses = "stopping"
    ids = [await say(f"{place}") for place in range(5)]
    await eventually(lambda: worker.dispatcher._lanes[number]._timer)
    host.refuses = ""
    for each in ids:
        await until(each, "read")
    assert host.texts() == [f"{place}" for place in range(5)]


async def test_a_worker_that_died_between_claim_and_hand_over_loses_nothing(
    doors, host, number, say, until, another_worker
):
    message_id = await say("Hello")
    dead = await doors.db.writer.join(claim, Ask(number, frozenset(), 32, doors.clock()))
    assert [job.message_id for job in dead.jobs] == [message_id]
    await another_worker()
    await until(message_id, "read")
    assert [(job.text, job.attempt) for job in host.submitted] == [("Hello", 2)]


async def test_a_worker_that_died_after_the_hand_over_sends_nothing_twice(
    worker, host, number, say, until, another_worker, eventually
):
    host.hold = True
    ids = [await say(f"{place}") for place in range(3)]
    await eventually(lambda: len(host.submitted) == 3)
    await worker.stop()
    await another_worker()
    await eventually(lambda: host.asked)
    ids.append(await say("3"))
    host.hold = False
    host.play(number)
    for each in ids:
        await until(each, "read")
    assert host.texts() == ["0", "1", "2", "3"]


async def test_outcomes_reported_while_no_worker_listened_are_taken_in_later(
    worker, host, number, say, until, another_worker, eventually
):
    host.hold = True
    message_id = await say()
    await eventually(lambda: host.submitted)
    await worker.stop()
    host.play(number)
    await another_worker()
    await until(message_id, "read")
    assert len(host.submitted) == 1


async def test_after_a_host_died_the_next_one_answers_for_it(
    worker, host, number, say, until, eventually, simulator, bus, place
):
    host.hold = True
    ids = [await say("one"), await say("two")]
    await eventually(lambda: len(host.submitted) == 2)
    await host.stop()
    second = await simulator.ScriptedHost(bus, "host_2").start()
    second.journals[number] = host.journals[number]
    await place(number, host_id="host_2", epoch=2)
    second.holds(number, 2)
    second.play(number)
    for each in ids:
        await until(each, "read")
    assert second.submitted == []
    await second.stop()


async def test_an_outcome_that_never_comes_ends_as_unconfirmed(worker, host, number, say, until, eventually, monkeypatch):
    host.script = lambda job: []
    message_id = await say()
    await eventually(lambda: host.submitted)
    lane = worker.dispatcher._lanes[number]
    for asked in range(handover.MOST_REPORTED):
        await eventually(lambda: lane.idle)
        lane._held.clear()
        worker.dispatcher.wake(number)
        await eventually(lambda asked=asked: len(host.asked) == asked + 1)
    message = await until(message_id, "unconfirmed")
    assert message.error
    assert message.error.code == "outcome_lost"
