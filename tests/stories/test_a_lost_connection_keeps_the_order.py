"""While a number is not connected its messages wait in their places, and what was handed over comes back."""

from typing import Any

from messageapi.engines.port import NotSent


async def test_what_was_handed_over_comes_back_and_leaves_in_order(worker: Any, story: Any) -> None:
    story.host.hold = True
    ids = [await story.say(f"{place}") for place in range(50)]
    await story.eventually(lambda: len(story.host.submitted) == story.settings.send_window)
    story.host.disconnect(story.number)
    await story.until(ids[0], "accepted")
    story.host.submitted.clear()
    story.host.hold = False
    story.host.connect(story.number)
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == [f"{place}" for place in range(50)]


async def test_messages_wait_until_all_that_was_handed_over_has_come_back(worker: Any, story: Any) -> None:
    story.host.hold = True
    ids = [await story.say(f"{place}") for place in range(6)]
    await story.eventually(lambda: len(story.host.submitted) == 6)
    jobs, story.host.journals[story.number].waiting = story.host.submitted[:], []

    def back(job: Any) -> Any:
        return NotSent(job.message_id, job.attempt, "not_connected", "Lost.", False, story.simulator.now_ms())

    story.host.report(story.number, *map(back, jobs[:3]))
    await story.until(ids[2], "accepted")
    await worker.dispatcher.poll()
    worker.dispatcher.wake(story.number)
    await story.eventually(lambda: worker.dispatcher._lanes[story.number].idle)
    assert len(story.host.submitted) == 6, "a message overtook those still under way"
    story.host.hold = False
    story.host.report(story.number, *map(back, jobs[3:]))
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts()[6:] == [f"{place}" for place in range(6)]


async def test_nothing_is_handed_over_while_the_number_is_away(worker: Any, story: Any) -> None:
    await story.set_number(story.number, state="reconnecting")
    message_id = await story.say()
    await worker.dispatcher.poll()
    await story.eventually(lambda: worker.dispatcher._lanes[story.number].idle)
    assert story.host.submitted == []
    await story.set_number(story.number, state="connected")
    await story.until(message_id, "read")


async def test_numbers_do_not_wait_for_each_other(worker: Any, story: Any) -> None:
    away, here = await story.connected("away", "+12025550101"), await story.connected("here", "+12025550102")
    await story.set_number(away, state="reconnecting")
    waits = await story.say("waits", from_=away)
    await story.until(await story.say("goes", from_=here), "read")
    assert (await story.until(waits, "accepted")).status == "accepted"


async def test_never_more_than_the_window_is_under_way(worker: Any, story: Any) -> None:
    story.host.hold = True
    ids = [await story.say(f"{place}") for place in range(100)]
    await story.eventually(lambda: len(story.host.submitted) == story.settings.send_window)
    await worker.dispatcher.poll()
    await story.eventually(lambda: worker.dispatcher._lanes[story.number].idle)
    assert len(story.host.submitted) == story.settings.send_window
    story.host.hold = False
    story.host.play(story.number)
    await story.until(ids[-1], "read")


async def test_whatsapp_gets_one_message_at_a_time(worker: Any, story: Any) -> None:
    await story.set_number(story.number, network="whatsapp", paced=False)
    who = "+12025550123"
    story.host.people[who] = story.simulator.Found(who, f"{who[1:]}@s.whatsapp.net", on_whatsapp=True)
    story.host.hold = True
    ids = [await story.say(f"{place}") for place in range(3)]
    for place in range(3):
        await story.eventually(lambda place=place: len(story.host.submitted) == place + 1)
        await worker.dispatcher.poll()
        await story.eventually(lambda: worker.dispatcher._lanes[story.number].idle)
        assert len(story.host.submitted) == place + 1
        story.host.play(story.number)
    await story.until(ids[-1], "read")
