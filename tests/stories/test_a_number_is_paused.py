"""A paused number sends nothing but what was handed over; resumed, it goes on where it was, in order."""

from typing import Any

from messageapi.numbers.pause import pause, resume


async def test_what_was_handed_over_goes_and_the_rest_waits_until_it_is_resumed(worker: Any, story: Any) -> None:
    story.host.hold = True
    under_way = await story.say("under way")
    await story.eventually(lambda: story.host.submitted)
    await pause(story.doors, story.alice, story.number)
    waiting = [await story.say(f"{place}") for place in range(3)]
    story.host.hold = False
    story.host.play(story.number)
    await story.until(under_way, "read")
    await worker.dispatcher.poll()
    await story.eventually(lambda: worker.dispatcher._lanes[story.number].idle)
    assert story.host.texts() == ["under way"]
    await resume(story.doors, story.alice, story.number)
    for each in waiting:
        await story.until(each, "read")
    assert story.host.texts() == ["under way", "0", "1", "2"]


async def test_a_pause_stops_one_number_and_no_other(worker: Any, story: Any) -> None:
    other = await story.connected("other", "+12025550101")
    await pause(story.doors, story.alice, story.number)
    kept = await story.say("kept", from_=story.number)
    await story.until(await story.say("goes", from_=other), "read")
    assert (await story.until(kept, "accepted")).attempts == 0
