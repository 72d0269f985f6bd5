"""While a number is not connected its messages wait in their places, and what was handed over comes back."""

from messageapi.engines.port import NotSent


async def test_what_was_handed_over_comes_back_and_leaves_in_order(
    worker, host, number, say, until, eventually, settings
):
    host.hold = True
    ids = [await say(f"{place}") for place in range(50)]
    await eventually(lambda: len(host.submitted) == settings.send_window)
    host.disconnect(number)
    await until(ids[0], "accepted")
    host.submitted.clear()
    host.hold = False
    host.connect(number)
    for each in ids:
        await until(each, "read")
    assert host.texts() == [f"{place}" for place in range(50)]


async def test_messages_wait_until_all_that_was_handed_over_has_come_back(
    worker, host, number, say, until, eventually, simulator
):
    host.hold = True
    ids = [await say(f"{place}") for place in range(6)]
    await eventually(lambda: len(host.submitted) == 6)
    jobs, host.journals[number].waiting = host.submitted[:], []

    def back(job):
        return NotSent(job.message_id, job.attempt, "not_connected", "Lost.", False, simulator.now_ms())

    host.report(number, *map(back, jobs[:3]))
    await until(ids[2], "accepted")
    await worker.dispatcher.poll()
    worker.dispatcher.wake(number)
    await eventually(lambda: worker.dispatcher._lanes[number].idle)
    assert len(host.submitted) == 6, "a message overtook those still under way"
    host.hold = False
    host.report(number, *map(back, jobs[3:]))
    for each in ids:
        await until(each, "read")
    assert host.texts()[6:] == [f"{place}" for place in range(6)]


async def test_nothing_is_handed_over_while_the_number_is_away(worker, host, number, say, until, set_number, eventually):
    await set_number(number, state="reconnecting")
    message_id = await say()
    await worker.dispatcher.poll()
    await eventually(lambda: worker.dispatcher._lanes[number].idle)
    assert host.submitted == []
    await set_number(number, state="connected")
    await until(message_id, "read")


async def test_numbers_do_not_wait_for_each_other(worker, host, connected, set_number, say, until):
    away, here = await connected("away", "+12025550101"), await connected("here", "+12025550102")
    await set_number(away, state="reconnecting")
    waits = await say("waits", from_=away)
    await until(await say("goes", from_=here), "read")
    assert (await until(waits, "accepted")).status == "accepted"


async def test_never_more_than_the_window_is_under_way(worker, host, number, say, eventually, settings, until):
    host.hold = True
    ids = [await say(f"{place}") for place in range(100)]
    await eventually(lambda: len(host.submitted) == settings.send_window)
    await worker.dispatcher.poll()
    await eventually(lambda: worker.dispatcher._lanes[number].idle)
    assert len(host.submitted) == settings.send_window
    host.hold = False
    host.play(number)
    await until(ids[-1], "read")


async def test_whatsapp_gets_one_message_at_a_time(worker, host, number, say, until, set_number, eventually):
    await set_number(number, network="whatsapp")
    host.hold = True
    ids = [await say(f"{place}") for place in range(3)]
    for place in range(3):
        await eventually(lambda place=place: len(host.submitted) == place + 1)
        await worker.dispatcher.poll()
        await eventually(lambda: worker.dispatcher._lanes[number].idle)
        assert len(host.submitted) == place + 1
        host.play(number)
    await until(ids[-1], "read")
