"""Hosts repeat what was not acknowledged: the same events change nothing the second time, and nothing is skipped."""

import msgspec
import pytest

from messageapi.bus import subjects
from messageapi.bus.port import BusError
from messageapi.engines.port import EventBatch, Inbound, Taken
from messageapi.messages.queue import journal
from messageapi.workers import inbox


@pytest.fixture
def deliver(bus, simulator):
    async def send(number_id, first, *events, epoch=1, host_id="host_1"):
        batch = msgspec.msgpack.encode(EventBatch(host_id, number_id, epoch, first, list(events)))
        answer = await bus.ask(subjects.inbox(number_id), batch, deadline_s=0.5)
        return msgspec.msgpack.decode(answer, type=Taken).last

    return send


@pytest.fixture
def hello(simulator):
    def make(wa_id="A1", text="Hello"):
        sender = "12025550177@s.whatsapp.net"
        return Inbound(wa_id, sender, sender, "+12025550177", "", "Dana", "text", text, simulator.now_ms())

    return make


async def test_a_batch_that_comes_twice_is_told_once(worker, number, deliver, hello, told):
    assert await deliver(number, 1, hello("A1"), hello("A2")) == 2
    assert await deliver(number, 1, hello("A1"), hello("A2")) == 2
    assert [event["type"] for event in await told()] == ["message.received"] * 2


async def test_of_an_overlapping_batch_only_the_new_part_counts(worker, number, deliver, hello, told):
    await deliver(number, 1, hello("A1"), hello("A2"))
    assert await deliver(number, 2, hello("A2"), hello("A3")) == 3
    assert [event["data"]["waMessageId"] for event in await told()] == ["A1", "A2", "A3"]


async def test_an_old_holder_gets_no_answer(worker, number, deliver, hello, place, told):
    await place(number, epoch=2)
    with pytest.raises(BusError):
        await deliver(number, 1, hello(), epoch=1)
    assert await told() == []
    assert await deliver(number, 1, hello(), epoch=2) == 1


async def test_a_number_that_is_gone_gets_no_answer(worker, deliver, hello):
    with pytest.raises(BusError):
        await deliver("num_nobody", 1, hello())


async def test_what_is_answered_is_remembered_in_the_same_transaction(worker, doors, number, deliver, hello):
    await deliver(number, 1, hello())

    async def work(tx):
        return (await journal.locked(tx, [number]))[number].taken_seq

    assert await doors.db.writer.run(work) == 1


@pytest.fixture
def poison(monkeypatch, hello):
    """Messages with this text break the room."""
    from messageapi.workers import intake

    sound = intake.apply

    async def apply(tx, now, hours, news):
        if any(getattr(event, "text", "") == "poison" for each in news for event in each.events):
            raise ZeroDivisionError("poison is not logged")
        return await sound(tx, now, hours, news)

    monkeypatch.setattr(intake, "apply", apply)
    return hello("P1", "poison")


async def test_an_event_that_breaks_is_left_out_after_a_few_tries(worker, number, deliver, hello, poison, told):
    for _ in range(inbox.TRIES - 1):
        with pytest.raises(BusError):
            await deliver(number, 1, hello("A1"), poison, hello("A2"))
        assert await told() == []
    assert await deliver(number, 1, hello("A1"), poison, hello("A2")) == 3
    assert [event["data"]["waMessageId"] for event in await told()] == ["A1", "A2"]
    assert await deliver(number, 4, hello("A3")) == 4


async def test_an_event_that_breaks_stops_no_other_number(
    worker, connected, deliver, hello, poison, told, say, until
):
    first, other = await connected("first", "+12025550101"), await connected("other", "+12025550102")
    with pytest.raises(BusError):
        await deliver(first, 1, poison)
    await until(await say(from_=other), "read")


async def test_an_event_nobody_understands_is_left_out_after_a_few_tries(worker, bus, number, hello, told):
    unknown = {"type": "Telepathy", "thought": "?"}
    events = [msgspec.to_builtins(hello("A1")), unknown, msgspec.to_builtins(hello("A2"))]
    batch = {"host_id": "host_1", "number_id": number, "epoch": 1, "first": 1, "events": events}
    payload = msgspec.msgpack.encode(batch)
    for _ in range(inbox.TRIES - 1):
        with pytest.raises(BusError):
            await bus.ask(subjects.inbox(number), payload, deadline_s=0.5)
    answer = await bus.ask(subjects.inbox(number), payload, deadline_s=0.5)
    assert msgspec.msgpack.decode(answer, type=Taken).last == 3
    assert [event["data"]["waMessageId"] for event in await told()] == ["A1", "A2"]
