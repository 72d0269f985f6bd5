"""Hosts repeat what was not acknowledged: the same events change nothing the second time, and nothing is skipped."""

from typing import Any

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.engines.batches import EventBatch, Taken
from messageapi.engines.port import Connected, Disconnected, Inbound
from messageapi.messages.following import events
from messageapi.messages.queue import journal
from messageapi.numbers.find import one
from messageapi.vocab.content import Letter, Text
from messageapi.workers import inbox, intake


@pytest.fixture
def deliver(story: Any) -> Any:
    async def send(number_id: Any, first: Any, *events: Any, epoch: Any = 1, host_id: Any = "host_1") -> Any:
        return await handed(story, EventBatch(host_id, number_id, epoch, first, list(events)))

    return send


async def handed(story: Any, batch: Any) -> Any:
    """The last sequence number taken in, None when nothing was."""
    payload = msgspec.msgpack.encode({"batches": [batch]})
    answer = await story.bus.ask(subjects.inbox("host_1"), payload, deadline_s=5)
    (last,) = msgspec.msgpack.decode(answer, type=Taken).lasts
    return last


@pytest.fixture
def state(story: Any) -> Any:
    async def read() -> Any:
        async with story.doors.db.reading() as tx:
            return (await one(tx, story.alice, story.number)).state

    return read


@pytest.fixture
def hello(story: Any) -> Any:
    def make(wa_id: Any = "A1", text: Any = "Hello") -> Any:
        sender = "12025550177@s.whatsapp.net"
        return Inbound(
            wa_id,
            sender,
            sender,
            "+12025550177",
            "",
            "Dana",
            "text",
            Letter(content=Text(text)),
            story.simulator.now_ms(),
        )

    return make


async def test_a_batch_that_comes_twice_is_told_once(worker: Any, story: Any, deliver: Any, hello: Any) -> None:
    assert await deliver(story.number, 1, hello("A1"), hello("A2")) == 2
    assert await deliver(story.number, 1, hello("A1"), hello("A2")) == 2
    assert [event["type"] for event in await story.told()] == ["message.received"] * 2


async def test_a_repeated_disconnect_does_not_undo_what_came_after_it(
    worker: Any, story: Any, deliver: Any, state: Any
) -> None:
    jid = "12025550100:1@s.whatsapp.net"
    await deliver(story.number, 1, Disconnected(story.simulator.now_ms(), "network"))
    assert await state() == "reconnecting"
    await deliver(story.number, 2, Connected(story.simulator.now_ms(), jid))
    await deliver(story.number, 1, Disconnected(story.simulator.now_ms(), "network"))
    assert await state() == "connected"


async def test_of_an_overlapping_batch_only_the_new_part_counts(
    worker: Any, story: Any, deliver: Any, hello: Any
) -> None:
    await deliver(story.number, 1, hello("A1"), hello("A2"))
    assert await deliver(story.number, 2, hello("A2"), hello("A3")) == 3
    assert [event["data"]["waMessageId"] for event in await story.told()] == ["A1", "A2", "A3"]


async def test_an_old_holder_gets_no_answer(worker: Any, story: Any, deliver: Any, hello: Any) -> None:
    await story.place(story.number, epoch=2)
    assert await deliver(story.number, 1, hello(), epoch=1) is None
    assert await story.told() == []
    assert await deliver(story.number, 1, hello(), epoch=2) == 1


async def test_a_number_that_is_gone_gets_no_answer(worker: Any, deliver: Any, hello: Any) -> None:
    assert await deliver("num_nobody", 1, hello()) is None


async def test_what_is_answered_is_remembered_in_the_same_transaction(
    worker: Any, story: Any, deliver: Any, hello: Any
) -> None:
    await deliver(story.number, 1, hello())

    async def work(tx: Any) -> Any:
        return (await journal.locked(tx, [story.number]))[story.number].taken_seq

    assert await story.doors.db.writer.run(work) == 1


@pytest.fixture
def poison(monkeypatch: Any, hello: Any) -> Any:
    """Messages with this text break the room."""
    sound = events.apply

    async def apply(tx: Any, now: Any, hours: Any, news: Any, following: Any) -> Any:
        if any(getattr(event, "text", "") == "poison" for each in news for event in each.events):
            raise ZeroDivisionError("poison is not logged")
        return await sound(tx, now, hours, news, following)

    monkeypatch.setattr(intake, "apply", apply)
    return hello("P1", "poison")


async def test_an_event_that_breaks_is_left_out_after_a_few_tries(
    worker: Any, story: Any, deliver: Any, hello: Any, poison: Any
) -> None:
    for _ in range(inbox.TRIES - 1):
        assert await deliver(story.number, 1, hello("A1"), poison, hello("A2")) is None
        assert await story.told() == []
    assert await deliver(story.number, 1, hello("A1"), poison, hello("A2")) == 3
    assert [event["data"]["waMessageId"] for event in await story.told()] == ["A1", "A2"]
    assert await deliver(story.number, 4, hello("A3")) == 4


async def test_an_event_that_breaks_stops_no_other_number(
    worker: Any, story: Any, deliver: Any, hello: Any, poison: Any
) -> None:
    first, other = await story.connected("first", "+12025550101"), await story.connected("other", "+12025550102")
    assert await deliver(first, 1, poison) is None
    await story.until(await story.say(from_=other), "read")


async def test_an_event_nobody_understands_is_left_out_after_a_few_tries(worker: Any, story: Any, hello: Any) -> None:
    unknown = {"type": "Telepathy", "thought": "?"}
    events = [msgspec.to_builtins(hello("A1")), unknown, msgspec.to_builtins(hello("A2"))]
    batch = {"host_id": "host_1", "number_id": story.number, "epoch": 1, "first": 1, "events": events}
    for _ in range(inbox.TRIES - 1):
        assert await handed(story, batch) is None
    assert await handed(story, batch) == 3
    assert [event["data"]["waMessageId"] for event in await story.told()] == ["A1", "A2"]
