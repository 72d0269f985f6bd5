"""The main job: from acceptance to the blue ticks, with an event for each step."""

from typing import Any

from messageapi.store.tables import bodies


async def test_a_message_is_sent_delivered_and_read(worker: Any, story: Any) -> None:
    message = await story.until(await story.say("Hello"), "read")
    assert [moment.status for moment in message.timeline] == ["accepted", "sending", "sent", "delivered", "read"]
    assert [moment.at for moment in message.timeline] == sorted(moment.at for moment in message.timeline)
    assert message.wa_message_id
    assert story.host.texts() == ["Hello"]


async def test_every_step_is_told_with_the_same_message_id(worker: Any, story: Any) -> None:
    message_id = await story.say("Hello")
    await story.until(message_id, "read")
    told_of = [event for event in await story.told() if event["data"].get("messageId") == message_id]
    assert [event["type"] for event in told_of] == [
        "message.accepted",
        "message.sent",
        "message.delivered",
        "message.read",
    ]
    assert {event["number"] for event in told_of} == {story.number}
    assert all("Hello" not in repr(event) for event in told_of)


async def test_messages_leave_in_the_order_of_acceptance(worker: Any, story: Any) -> None:
    ids = [await story.say(f"message {place}") for place in range(100)]
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == [f"message {place}" for place in range(100)]


async def test_a_text_to_a_group_goes_to_the_group(worker: Any, story: Any) -> None:
    await story.until(await story.say("Hello all", to="120363000000000001@g.us"), "read")
    assert story.host.submitted[0].chat == "120363000000000001@g.us"


async def test_no_body_is_left_when_the_message_is_sent(worker: Any, story: Any) -> None:
    await story.until(await story.say("Hello"), "read")
    async with story.doors.db.reading() as tx:
        assert await tx.rows(bodies.select()) == []


async def test_what_was_accepted_before_the_worker_came_is_sent(another_worker: Any, story: Any) -> None:
    message_id = await story.say("Early")
    await another_worker()
    await story.until(message_id, "read")
    assert story.host.texts() == ["Early"]


async def test_texts_larger_than_the_bus_carries_at_once_are_sent_in_order(worker: Any, story: Any) -> None:
    texts = [f"{place}" + "\N{PILE OF POO}" * 65_000 for place in range(10)]
    story.host.hold = True
    ids = [await story.say(text) for text in texts]
    story.host.hold = False
    story.host.play(story.number)
    for each in ids:
        await story.until(each, "read")
    assert story.host.texts() == texts
