"""The main job: from acceptance to the blue ticks, with an event for each step."""

from messageapi.store.tables import bodies


async def test_a_message_is_sent_delivered_and_read(worker, host, number, say, until):
    message = await until(await say("Hello"), "read")
    assert [moment.status for moment in message.timeline] == ["accepted", "sending", "sent", "delivered", "read"]
    assert [moment.at for moment in message.timeline] == sorted(moment.at for moment in message.timeline)
    assert message.wa_message_id
    assert host.texts() == ["Hello"]


async def test_every_step_is_told_with_the_same_message_id(worker, number, say, until, told):
    message_id = await say("Hello")
    await until(message_id, "read")
    told_of = [event for event in await told() if event["data"].get("messageId") == message_id]
    assert [event["type"] for event in told_of] == [
        "message.accepted",
        "message.sent",
        "message.delivered",
        "message.read",
    ]
    assert {event["number"] for event in told_of} == {number}
    assert all("Hello" not in repr(event) for event in told_of)


async def test_messages_leave_in_the_order_of_acceptance(worker, host, number, say, until):
    ids = [await say(f"message {place}") for place in range(100)]
    for each in ids:
        await until(each, "read")
    assert host.texts() == [f"message {place}" for place in range(100)]


async def test_a_text_to_a_group_goes_to_the_group(worker, host, number, say, until, simulator):
    await until(await say("Hello all", to="120363000000000001@g.us"), "read")
    assert host.submitted[0].chat == "120363000000000001@g.us"


async def test_no_body_is_left_when_the_message_is_sent(worker, doors, number, say, until):
    await until(await say("Hello"), "read")
    async with doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


async def test_what_was_accepted_before_the_worker_came_is_sent(host, number, say, until, another_worker):
    message_id = await say("Early")
    await another_worker()
    await until(message_id, "read")
    assert host.texts() == ["Early"]


async def test_texts_larger_than_the_bus_carries_at_once_are_sent_in_order(worker, host, number, say, until):
    texts = [f"{place}" + "\N{PILE OF POO}" * 65_000 for place in range(10)]
    host.hold = True
    ids = [await say(text) for text in texts]
    host.hold = False
    host.play(number)
    for each in ids:
        await until(each, "read")
    assert host.texts() == texts
