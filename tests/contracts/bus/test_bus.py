"""What every bus keeps: order, queue groups, deadlines, plain refusals. The same tests run on the twin and on NATS."""

import asyncio
from typing import Any

import pytest

from messageapi.bus.lane import LANE_LIMIT
from messageapi.bus.limits import MAX_PAYLOAD
from messageapi.bus.port import Bus, BusError, Reply

SOON = 10.0


class Ear:
    """A handler that remembers, and lets a test wait until it heard enough."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._more = asyncio.Condition()

    async def __call__(self, subject: str, payload: bytes, _: Reply | None) -> None:
        async with self._more:
            self.heard.append((subject, payload))
            self._more.notify_all()

    async def until(self, count: int) -> list[bytes]:
        async with asyncio.timeout(SOON), self._more:
            await self._more.wait_for(lambda: len(self.heard) >= count)
        return [payload for _, payload in self.heard]


async def echo(_: str, payload: bytes, reply: Reply | None) -> None:
    assert reply is not None
    await reply(b"echo " + payload)


async def code_of(refused: object) -> str:
    with pytest.raises(BusError) as told:
        await refused  # type: ignore[misc]
    return told.value.code


async def test_messages_of_a_subscription_arrive_in_order(any_bus: Bus) -> None:
    ear = Ear()
    await any_bus.subscribe("news.*", ear)
    wanted = [str(number).encode() for number in range(2_000)]
    for payload in wanted:
        await any_bus.publish("news.today", payload)
    assert await ear.until(2_000) == wanted


async def test_a_handler_is_awaited_before_the_next_message(any_bus: Bus) -> None:
    ear, running = Ear(), 0

    async def slow(subject: str, payload: bytes, reply: Reply | None) -> None:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0)
        running -= 1
        await ear(subject, payload, reply)

    await any_bus.subscribe("news", slow)
    for _ in range(50):
        await any_bus.publish("news", b"")
    assert len(await ear.until(50)) == 50


async def test_a_concurrent_handler_is_not_waited_for(any_bus: Bus) -> None:
    all_here = asyncio.Barrier(10)

    async def meet(_: str, payload: bytes, reply: Reply | None) -> None:
        await all_here.wait()
        assert reply is not None
        await reply(payload)

    await any_bus.subscribe("meet", meet, concurrent=True)
    asked = (any_bus.ask("meet", str(number).encode(), deadline_s=SOON) for number in range(10))
    assert sorted(await asyncio.gather(*asked)) == [str(number).encode() for number in range(10)]


async def test_every_subscriber_hears_and_one_of_each_queue_group(any_bus: Bus, eventually: Any) -> None:
    alone, other, members = Ear(), Ear(), [Ear(), Ear(), Ear()]
    await any_bus.subscribe("job.*", alone)
    await any_bus.subscribe("job.>", other)
    for member in members:
        await any_bus.subscribe("job.*", member, queue="worker")
    for number in range(60):
        await any_bus.publish("job.1", str(number).encode())
    await any_bus.publish("job.end", b"")
    assert len(await alone.until(61)) == len(await other.until(61)) == 61
    await eventually(lambda: sum(len(member.heard) for member in members) >= 61)
    taken = [payload for member in members for _, payload in member.heard]
    assert sorted(taken) == sorted(payload for _, payload in alone.heard)
    assert all(member.heard for member in members)


@pytest.mark.parametrize(
    ("pattern", "heard"),
    [("a.b", ["a.b"]), ("a.*", ["a.b", "a.c"]), ("a.>", ["a.b", "a.c", "a.b.c"]), ("*.b", ["a.b", "x.b"])],
)
async def test_wildcards(any_bus: Bus, pattern: str, heard: list[str]) -> None:
    ear = Ear()
    await any_bus.subscribe(pattern, ear)
    end = Ear()
    await any_bus.subscribe("end", end)
    for subject in ("a", "a.b", "a.c", "a.b.c", "x.b", "end"):
        await any_bus.publish(subject, b"")
    await end.until(1)
    await ear.until(len(heard))
    assert [subject for subject, _ in ear.heard] == heard


async def test_an_ask_is_answered(any_bus: Bus) -> None:
    await any_bus.subscribe("host.1", echo)
    assert await any_bus.ask("host.1", b"hi", deadline_s=SOON) == b"echo hi"
    asked = (any_bus.ask("host.1", str(number).encode(), deadline_s=SOON) for number in range(200))
    assert await asyncio.gather(*asked) == [f"echo {number}".encode() for number in range(200)]


async def test_a_published_message_wants_no_answer(any_bus: Bus) -> None:
    wanted: asyncio.Queue[bool] = asyncio.Queue()

    async def note(_: str, __: bytes, reply: Reply | None) -> None:
        wanted.put_nowait(reply is not None)

    await any_bus.subscribe("s", note)
    await any_bus.publish("s", b"")
    assert not await asyncio.wait_for(wanted.get(), SOON)


async def test_an_ask_that_nobody_hears_fails_at_once(any_bus: Bus) -> None:
    assert await code_of(any_bus.ask("nobody.here", b"", deadline_s=SOON * 10)) == "no_listener"


async def test_an_ask_that_nobody_answers_ends_at_its_deadline(any_bus: Bus) -> None:
    await any_bus.subscribe("deaf", Ear())
    assert await code_of(any_bus.ask("deaf", b"", deadline_s=0.05)) == "no_answer"


async def test_a_late_answer_reaches_nobody_else(any_bus: Bus) -> None:
    go = asyncio.Event()

    async def late(_: str, payload: bytes, reply: Reply | None) -> None:
        assert reply is not None
        if payload == b"late":
            await go.wait()
        await reply(payload)

    await any_bus.subscribe("slow", late, concurrent=True)
    assert await code_of(any_bus.ask("slow", b"late", deadline_s=0.05)) == "no_answer"
    go.set()
    assert await any_bus.ask("slow", b"next", deadline_s=SOON) == b"next"


async def test_a_handler_that_fails_does_not_stop_the_next_message(any_bus: Bus) -> None:
    problems = {b"bad": ValueError("canary"), b"cancelled": asyncio.CancelledError()}

    async def fails(_: str, payload: bytes, reply: Reply | None) -> None:
        if payload in problems:
            raise problems[payload]
        assert reply is not None
        await reply(payload)

    await any_bus.subscribe("s", fails)
    for payload in problems:
        assert await code_of(any_bus.ask("s", payload, deadline_s=0.1)) == "no_answer"
    assert await any_bus.ask("s", b"good", deadline_s=SOON) == b"good"


async def test_a_large_payload_is_refused_everywhere(any_bus: Bus) -> None:
    refused: asyncio.Queue[str] = asyncio.Queue()

    async def verbose(_: str, __: bytes, reply: Reply | None) -> None:
        assert reply is not None
        refused.put_nowait(await code_of(reply(bytes(MAX_PAYLOAD + 1))))
        await reply(bytes(MAX_PAYLOAD))

    await any_bus.subscribe("s", verbose)
    assert await code_of(any_bus.publish("s", bytes(MAX_PAYLOAD + 1))) == "too_large"
    assert await code_of(any_bus.ask("s", bytes(MAX_PAYLOAD + 1), deadline_s=SOON)) == "too_large"
    assert len(await any_bus.ask("s", bytes(MAX_PAYLOAD), deadline_s=SOON)) == MAX_PAYLOAD
    assert await refused.get() == "too_large"


async def test_a_stopped_subscription_handles_what_came_and_hears_no_more(any_bus: Bus) -> None:
    ear = Ear()
    subscription = await any_bus.subscribe("s", ear)
    for number in range(100):
        await any_bus.publish("s", str(number).encode())
    await any_bus.ping()
    await subscription.stop()
    assert len(ear.heard) == 100
    await any_bus.publish("s", b"late")
    assert await code_of(any_bus.ask("s", b"", deadline_s=SOON)) == "no_listener"
    assert len(ear.heard) == 100


async def test_a_handler_may_stop_its_own_subscription(any_bus: Bus) -> None:
    stopped = asyncio.Event()

    async def once(_: str, __: bytes, ___: Reply | None) -> None:
        await subscription.stop()
        stopped.set()

    subscription = await any_bus.subscribe("s", once)
    await any_bus.publish("s", b"")
    await asyncio.wait_for(stopped.wait(), SOON)
    assert await code_of(any_bus.ask("s", b"", deadline_s=SOON)) == "no_listener"


async def test_a_handler_may_ask_others(any_bus: Bus) -> None:
    async def forward(_: str, payload: bytes, reply: Reply | None) -> None:
        assert reply is not None
        await reply(await any_bus.ask("back", payload, deadline_s=SOON))

    await any_bus.subscribe("front", forward)
    await any_bus.subscribe("back", echo)
    assert await any_bus.ask("front", b"hi", deadline_s=SOON) == b"echo hi"


async def test_a_handler_that_is_too_slow_loses_messages_and_nobody_waits(any_bus: Bus) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    ear = Ear()

    async def blocked(subject: str, payload: bytes, reply: Reply | None) -> None:
        begun.set()
        await go.wait()
        await ear(subject, payload, reply)

    subscription = await any_bus.subscribe("s", blocked)
    await any_bus.publish("s", b"first")
    await begun.wait()
    for _ in range(3 * LANE_LIMIT):
        await any_bus.publish("s", b"")
    await any_bus.ping()
    go.set()
    await subscription.stop()
    assert LANE_LIMIT < len(ear.heard) <= 2 * LANE_LIMIT + 1  # NATS has a buffer of the same size before ours


async def test_closing_ends_asks_and_refuses_the_rest(any_bus: Bus) -> None:
    asked = asyncio.Event()

    async def silent(_: str, __: bytes, ___: Reply | None) -> None:
        asked.set()

    await any_bus.subscribe("s", silent)
    asking = asyncio.create_task(code_of(any_bus.ask("s", b"", deadline_s=600)))
    await asked.wait()
    await any_bus.close()
    assert await asking == "closed"
    for refused in (
        any_bus.publish("s", b""),
        any_bus.ask("s", b"", deadline_s=SOON),
        any_bus.subscribe("s", silent),
        any_bus.ping(),
    ):
        assert await code_of(refused) == "closed"
    await any_bus.close()


async def test_closing_lets_a_handler_finish_its_answer(any_bus: Bus) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    finished = False

    async def working(_: str, __: bytes, ___: Reply | None) -> None:
        nonlocal finished
        begun.set()
        await go.wait()
        finished = True

    await any_bus.subscribe("s", working)
    await any_bus.publish("s", b"")
    await begun.wait()
    closing = asyncio.create_task(any_bus.close())
    await asyncio.sleep(0)
    go.set()
    await closing
    assert finished
