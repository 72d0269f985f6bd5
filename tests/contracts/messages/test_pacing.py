"""Claiming from numbers that keep a pace, on each database: the counters are in the claim's own transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messageapi.engines.port import Inbound, Receipt, Sent
from messageapi.messages.accepting.send import send
from messageapi.messages.content.requests import TextMessage
from messageapi.messages.queue import paced, rows
from messageapi.messages.queue.claim import Ask, claim
from messageapi.messages.queue.flight import Back, release
from messageapi.messages.queue.limited import welcome
from messageapi.numbers.edit import edit
from messageapi.numbers.schemas import NumberEdit
from messageapi.pacing.find import paces
from messageapi.pacing.schemas import PacingEdit
from messageapi.pacing.turns import PARKED_MS
from messageapi.vocab.content import Letter, Text

NO_LIMITS = {
    "gap_ms": 0,
    "jitter_ms": 0,
    "per_minute": 0,
    "per_hour": 0,
    "per_day": 0,
    "new_contacts_per_day": 0,
    "warm_up": False,
}
MINUTE = 60_000
LID = "90000000001@lid"


@pytest.fixture
def slow(doors: Any, alice: Any, number: str) -> Callable[..., Awaitable[str]]:
    """Have the number keep a pace of these limits alone; its id."""

    async def set_pace(**limits: Any) -> str:
        await edit(doors, alice, number, NumberEdit(pacing=PacingEdit(**{"on": True, **NO_LIMITS, **limits})))
        return number

    return set_pace


@pytest.fixture
def write(doors: Any, alice: Any) -> Callable[..., Awaitable[str]]:
    async def post(to: str = "+12025550123", **given: Any) -> str:
        return (await send(doors, alice, TextMessage(to=to, text="Hello", **given))).id

    return post


def ids(taken: Any) -> list[str]:
    return [job.message_id for job in taken.jobs]


def held(*claims: Any) -> list[tuple[int, int]]:
    return [(job.seq, job.attempt) for each in claims for job in each.jobs]


@pytest.fixture
def used(doors: Any, alice: Any, number: str) -> Callable[[], Awaitable[Any]]:
    """What the number has used."""

    async def read() -> Any:
        async with doors.db.reading() as tx:
            return (await paces(tx, alice, [number]))[number].counters

    return read


async def test_a_gap_lets_one_go_at_a_time(number: Any, write: Any, take: Any, slow: Any, clock: Any) -> None:
    await slow(gap_ms=4_000, jitter_ms=1_000)
    accepted = [await write() for _ in range(2)]
    first = await take(number)
    assert ids(first) == accepted[:1]
    waiting = await take(number, *held(first))
    assert ids(waiting) == []
    assert 4_000 <= waiting.pause_ms <= 5_000
    clock.forward(waiting.pause_ms)
    assert ids(await take(number, *held(first))) == accepted[1:]


async def test_a_full_budget_holds_the_rest_until_its_window_ends(
    number: Any, write: Any, take: Any, slow: Any, clock: Any
) -> None:
    await slow(per_minute=3)
    accepted = [await write() for _ in range(5)]
    first = await take(number)
    assert ids(first) == accepted[:3]
    waiting = await take(number, *held(first))
    assert (ids(waiting), waiting.pause_ms) == ([], MINUTE)
    clock.forward(MINUTE)
    assert ids(await take(number, *held(first))) == accepted[3:]


async def test_two_workers_use_one_budget(doors: Any, number: Any, write: Any, slow: Any) -> None:
    await slow(per_minute=3)
    for _ in range(9):
        await write()
    asks = [Ask(number, frozenset(), 32, doors.clock()) for _ in range(2)]
    claims = await asyncio.gather(*(doors.db.writer.join(claim, each) for each in asks))
    assert sum(len(each.jobs) for each in claims) == 3


async def test_a_message_that_came_back_counts_once(
    doors: Any, write: Any, take: Any, slow: Any, clock: Any, used: Any
) -> None:
    number = await slow(per_day=1)
    message_id = await write()
    await take(number)
    await doors.db.writer.join(release, Back(message_id, 1))
    clock.forward(10_000)
    assert ids(await take(number)) == [message_id]
    assert (await used()).day_used == 1


async def test_a_new_contact_waits_and_who_wrote_first_is_answered(
    number: Any, write: Any, take: Any, report: Any, slow: Any, doors: Any
) -> None:
    await slow(new_contacts_per_day=1)
    inbound = Inbound(
        "IN1",
        LID,
        LID,
        "+12025550199",
        LID,
        "",
        "text",
        Letter(content=Text("hello")),
        doors.clock(),
    )
    await report(number, inbound)
    first = await write("+12025550101")
    assert ids(await take(number)) == [first]
    await write("+12025550102")
    answer = await write("+12025550199")
    other = await write(LID)
    again = await write("+12025550101")
    held_now = await take(number, (2, 1))
    assert ids(held_now) == [answer, other, again]


async def test_replies_flow_past_more_new_contacts_than_are_looked_at_at_once(
    write: Any, take: Any, report: Any, slow: Any, clock: Any
) -> None:
    number = await slow(new_contacts_per_day=1)
    first = await write("+12025550100")
    claimed = await take(number)
    assert ids(claimed) == [first]
    strangers = [await write(f"+1202555{place:04}") for place in range(1000, 1000 + paced.LOOK_AHEAD + 10)]
    await report(
        number, Inbound("IN1", LID, LID, "+12025550199", LID, "", "text", Letter(content=Text("hello")), clock())
    )
    answer = await write("+12025550199")
    taken = await take(number, *held(claimed))
    assert (ids(taken), taken.again) == ([], True)
    taken = await take(number, *held(claimed))
    assert ids(taken) == [answer]
    for _ in range(3):
        await take(number, *held(claimed, taken))
    resting = await take(number, *held(claimed, taken))
    assert (ids(resting), resting.again) == ([], False)
    assert resting.pause_ms == PARKED_MS
    clock.forward(24 * 60 * MINUTE)
    await take(number, *held(claimed, taken))
    assert ids(await take(number, *held(claimed, taken))) == strangers[:1]


async def test_who_writes_first_after_all_gets_what_was_parked_for_them(
    write: Any, take: Any, report: Any, slow: Any, clock: Any, doors: Any
) -> None:
    number = await slow(new_contacts_per_day=1)
    await write("+12025550100")
    claimed = await take(number)
    parked = await write("+12025550199")
    assert ids(await take(number, *held(claimed))) == []
    (came,) = await report(
        number, Inbound("IN1", LID, LID, "+12025550199", LID, "", "text", Letter(content=Text("hello")), clock())
    )

    async def welcomed(tx: Any) -> set[str]:
        return await welcome(tx, await rows.standings(tx, [number], lock=True), [came], clock())

    assert await doors.db.writer.run(welcomed) == {number}
    assert ids(await take(number, *held(claimed))) == [parked]


async def test_who_got_something_is_no_new_contact_after_pacing_begins(
    write: Any, take: Any, report: Any, slow: Any, clock: Any, used: Any
) -> None:
    number = await slow(on=False)
    early = await write("+12025550101")
    claimed = await take(number)
    chat = "12025550101@s.whatsapp.net"
    await report(number, Sent(early, 1, "WA1", clock()), Receipt(["WA1"], "delivered", chat, chat, clock()))
    await slow(new_contacts_per_day=1)
    again = await write("+12025550101")
    assert ids(await take(number, *held(claimed))) == [again]
    assert (await used()).new_used == 0


async def test_pacing_that_is_off_runs_no_statement_more(
    number: Any, write: Any, take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(paced, "take_turns", never)
    message_id = await write()
    assert ids(await take(number)) == [message_id]


async def test_numbers_with_and_without_a_pace_claim_in_one_call(
    doors: Any, number: Any, make_number: Any, write: Any, slow: Any
) -> None:
    other = await make_number("other", phone="+12025550101")
    await slow(per_minute=1)
    for each in (number, other):
        for _ in range(3):
            await write(from_=each)
    asks = [Ask(each, frozenset(), 32, doors.clock()) for each in (number, other)]
    claims = await doors.db.writer.join_many(claim, asks)
    assert [len(each.jobs) for each in claims] == [1, 3]
