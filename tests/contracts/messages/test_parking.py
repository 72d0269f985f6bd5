"""What cannot go lets all others pass: priorities, chats that wait for a message of theirs, and who gives up when."""

from typing import Any

import pytest
from sqlalchemy import update

from messageapi.engines.port import NotSent, Sent
from messageapi.messages.cancel import cancel
from messageapi.messages.queue import parking
from messageapi.messages.queue.claim import Ask, claim
from messageapi.messages.queue.flight import Back, release
from messageapi.store.tables import numbers

BOB, CAROL = "+12025550123", "+12025550124"


@pytest.fixture
def lane(doors: Any, number: Any, take: Any, report: Any, clock: Any) -> Any:
    """Claims again as long as something was moved, as a lane does, and says what became of the jobs."""

    class Lane:
        held: set[Any]

        async def claim(self, window: int = 32) -> Any:
            while True:
                got = await take(number, *self.held, window=window)
                if got.jobs or not got.again:
                    self.pause_ms = got.pause_ms
                    self.held |= {(job.seq, job.attempt) for job in got.jobs}
                    return got.jobs

        def over(self, job: Any) -> None:
            self.held.discard((job.seq, job.attempt))

        async def fails(self, job: Any, code: str = "media_unreadable", *, permanent: bool = False) -> None:
            self.over(job)
            said = NotSent(job.message_id, job.attempt, code, "It cannot be read.", permanent, clock())
            await report(number, said)

        async def back(self, job: Any) -> None:
            self.over(job)
            await doors.db.writer.join(release, Back(job.message_id, job.attempt))

        async def goes(self, job: Any) -> None:
            self.over(job)
            await report(number, Sent(job.message_id, job.attempt, f"WA{job.message_id}", clock()))

    made = Lane()
    made.held = set()
    return made


def ids(jobs: Any) -> Any:
    return [job.message_id for job in jobs]


async def test_urgent_messages_go_first_and_idle_ones_last(say: Any, lane: Any) -> None:
    low = [await say("news", priority="low") for _ in range(3)]
    normal = [await say("hello") for _ in range(3)]
    high = [await say("123456", priority="high") for _ in range(3)]
    assert ids(await lane.claim(window=5)) == high + normal[:2]
    assert low


async def test_priorities_of_many_numbers_are_kept_apart(doors: Any, make_number: Any, say: Any, take: Any) -> None:
    shops = [await make_number(f"shop {place}", phone=f"+1202555010{place}") for place in range(3)]
    said = {shop: [await say("a", shop), await say("b", shop, priority="high")] for shop in shops}
    for shop in shops:
        assert ids((await take(shop)).jobs) == said[shop][::-1]


async def test_a_poisoned_message_stops_its_chat_and_nobody_else(say: Any, lane: Any, clock: Any) -> None:
    poison, behind = await say("bad"), [await say("behind") for _ in range(3)]
    others = [await say("fine", to=CAROL) for _ in range(3)]
    (first,) = await lane.claim(window=1)
    await lane.fails(first)
    passed = await lane.claim()
    assert ids(passed) == others
    for each in passed:
        await lane.goes(each)
    assert await lane.claim() == []
    assert 0 < lane.pause_ms <= parking.FIRST_PAUSE_MS
    late = await say("late")
    assert ids(await lane.claim()) == []
    clock.forward(lane.pause_ms)
    again = await lane.claim()
    assert ids(again) == [poison]
    await lane.goes(again[0])
    assert ids(await lane.claim()) == [*behind, late]


async def test_an_urgent_message_passes_a_poisoned_one_of_its_own_chat(say: Any, lane: Any) -> None:
    await say("bad")
    (first,) = await lane.claim()
    await lane.fails(first)
    assert ids(await lane.claim()) == []
    urgent = await say("123456", priority="high")
    assert ids(await lane.claim()) == [urgent]


async def test_a_message_that_never_can_go_fails_in_the_end(say: Any, lane: Any, show: Any, clock: Any) -> None:
    poison, behind = await say("bad"), await say("behind")
    began = clock()
    tries = 0
    while (await show(poison)).status == "accepted":
        (job,) = await lane.claim(window=1)
        tries += 1
        await lane.fails(job)
        seen = await show(poison)
        assert seen.error
        if seen.status == "accepted":
            assert seen.error.code == "media_unreadable"
            assert ids(await lane.claim(window=1)) == []
            clock.forward(lane.pause_ms)
    assert (seen.status, seen.error.code, seen.attempts) == ("failed", "retries_exhausted", tries)
    assert "media_unreadable" in seen.error.detail
    assert seen.error.detail.endswith("send it again.")
    assert 14 * 60_000 < clock() - began <= 15 * 60_000
    assert ids(await lane.claim()) == [behind]


@pytest.mark.parametrize("code", ["not_connected", "host_restarted", "order_kept", "whatsapp_rate_limited"])
async def test_what_comes_back_through_no_fault_of_its_own_never_gives_up(
    say: Any, lane: Any, show: Any, clock: Any, code: str
) -> None:
    message = await say("fine")
    for _ in range(40):
        (job,) = await lane.claim()
        await lane.fails(job, code)
        clock.forward(60_000)
    assert (await show(message)).status == "accepted"
    assert (await show(message)).error is None


async def test_a_lost_connection_between_two_tries_neither_counts_nor_hurries(
    say: Any, lane: Any, show: Any, clock: Any
) -> None:
    poison = await say("bad")
    for how in ("media_unreadable", "not_connected", "released", "media_unreadable"):
        (job,) = await lane.claim(window=1)
        await (lane.back(job) if how == "released" else lane.fails(job, how))
        assert await lane.claim(window=1) == [], how
        assert 0 < lane.pause_ms <= 2_000
        other = await say("fine", to=CAROL)
        (passing,) = await lane.claim(window=1)
        assert passing.message_id == other, how
        await lane.goes(passing)
        clock.forward(60_000)
    assert (await show(poison)).attempts == 4


async def test_what_is_behind_goes_when_the_first_is_canceled(
    doors: Any, alice: Any, say: Any, lane: Any, clock: Any
) -> None:
    poison, behind = await say("bad"), await say("behind")
    (job,) = await lane.claim(window=1)
    await lane.fails(job)
    assert ids(await lane.claim()) == []
    await cancel(doors, alice, poison)
    assert ids(await lane.claim()) == [behind]


async def test_a_long_chat_behind_a_poisoned_message_hides_nobody(say: Any, lane: Any, clock: Any) -> None:
    poison = await say("bad")
    behind = [await say(f"{place}") for place in range(parking.LOOK_AHEAD + 50)]
    other = await say("fine", to=CAROL)
    (job,) = await lane.claim(window=1)
    await lane.fails(job)
    passed = await lane.claim(window=1)
    assert ids(passed) == [other]
    await lane.goes(passed[0])
    assert await lane.claim(window=1) == []
    clock.forward(60_000)
    again = await lane.claim(window=1)
    assert ids(again) == [poison]
    await lane.goes(again[0])
    sent = []
    while jobs := await lane.claim(window=50):
        for each in jobs:
            await lane.goes(each)
        sent += ids(jobs)
    assert sent == behind


@pytest.fixture
def looks_at_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parking, "MOST_DUE", 2)
    monkeypatch.setattr(parking, "MOST_FOLLOWING", 3)


@pytest.mark.usefixtures("looks_at_few")
async def test_more_that_is_due_than_is_looked_at_at_once_goes_all_the_same(
    doors: Any, make_number: Any, say: Any, report: Any, clock: Any
) -> None:
    shops = [await make_number(f"shop {place}", phone=f"+1202555010{place}") for place in range(2)]
    people = [f"+1202555020{place}" for place in range(4)]
    said = {shop: [await say(text, shop, to=who) for text in ("bad", "behind") for who in people] for shop in shops}

    async def claimed(some: Any, window: int) -> Any:
        asks = [Ask(shop, frozenset(), window, clock()) for shop in some]
        return zip(some, await doors.db.writer.join_many(claim, asks), strict=True)

    for shop, got in await claimed(shops, 4):
        for job in got.jobs:
            failed = NotSent(job.message_id, job.attempt, "media_unreadable", "It cannot be read.", False, clock())
            await report(shop, failed)
    clock.forward(60_000)
    left: dict[str, list[str]] = {shop: [] for shop in shops}
    asking = list(shops)
    while asking:
        found, asking = list(await claimed(asking, 1)), []
        for shop, got in found:
            left[shop] += ids(got.jobs)
            for job in got.jobs:
                await report(shop, Sent(job.message_id, job.attempt, f"WA{job.message_id}", clock()))
            if got.jobs or got.again:
                asking.append(shop)
    for shop in shops:
        assert sorted(left[shop]) == sorted(said[shop])
        for bad, behind in zip(said[shop][:4], said[shop][4:], strict=True):
            assert left[shop].index(bad) < left[shop].index(behind)


async def test_a_paused_number_keeps_what_waits(doors: Any, number: Any, say: Any, lane: Any) -> None:
    async def set_to(at: int | None) -> None:
        async def work(tx: Any) -> None:
            await tx.execute(update(numbers).where(numbers.c.id == number).values(paused_at=at))

        await doors.db.writer.run(work)

    message = await say()
    await set_to(doors.clock())
    assert await lane.claim() == []
    await set_to(None)
    assert ids(await lane.claim()) == [message]
