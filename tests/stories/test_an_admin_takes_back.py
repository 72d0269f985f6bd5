"""In a group an admin may remove what others wrote, and nobody else may: WhatsApp is asked who is one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from messageapi.engines.port import EngineError, Inbound
from messageapi.messages import find
from messageapi.messages.find import Wanted
from messageapi.messages.removals import admins
from messageapi.messages.removals.by_admin import AGAIN_MS, HOLD_MS, Removals, pause_ms
from messageapi.store.tables import removals
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Letter, Revoke, Target, Text
from messageapi.workers import errands
from messageapi.workers.removing import Removing

ANNA, ANNA_PHONE, ANNA_LID = "4915123456789@s.whatsapp.net", "+4915123456789", "7@lid"
EVE, EVE_PHONE, EVE_LID = "4915123456780@s.whatsapp.net", "+4915123456780", "8@lid"
AT = 1_790_000_000_000


class RunningClock:
    """It runs, and can be moved on."""

    ahead = 0

    def __call__(self) -> int:
        return now_ms() + self.ahead

    def forward(self, ms: int) -> None:
        self.ahead += ms


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock()


@pytest.fixture
async def removing(story: Any) -> AsyncIterator[Removing]:
    """Not started: tests take the turns."""
    made = Removing(story.doors)
    yield made
    await made.stop()


@pytest.fixture
def turn(removing: Removing) -> Callable[[], Awaitable[None]]:
    async def take() -> None:
        await removing.turn()
        await removing.settled()

    return take


@pytest.fixture
def reported(reported: Any, turn: Any) -> Any:
    async def report(*events: Any) -> None:
        await reported(*events)
        await turn()

    return report


@pytest.fixture
def waiting(story: Any) -> Callable[[], Awaitable[list[int]]]:
    """How often each removal that waits was tried."""

    async def read() -> list[int]:
        async with story.doors.db.reading() as tx:
            return [row.tries for row in await tx.rows(select(removals.c.tries))]

    return read


@pytest.fixture
async def group(story: Any) -> str:
    """With Anna and Eve in it; its address."""
    made = await story.host.groups.create("Regulars", [ANNA, EVE])
    return str(made.id)


@pytest.fixture
def asked(story: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups WhatsApp was asked about."""
    groups: list[str] = []
    read = story.host.groups.read

    async def noted(group: str) -> Any:
        groups.append(group)
        return await read(group)

    monkeypatch.setattr(story.host.groups, "read", noted)
    return groups


@pytest.fixture
def shown(story: Any) -> Any:
    """What is there of Anna's message."""

    async def look() -> Any:
        wanted = Wanted(direction="inbound", oldest_first=True)
        page = await find.page(story.doors, story.alice, wanted, after=None, limit=10)
        return next(message for _, message in page if message.type == "text")

    return look


def wrote(group: str) -> Inbound:
    letter = Letter(content=Text("Buy my coins"))
    return Inbound("A1", group, ANNA_LID, ANNA_PHONE, ANNA_LID, "Anna", "text", letter, AT)


def removed(group: str, wa_id: str = "R1", *, by: str = EVE_LID, phone: str = EVE_PHONE, of: str = ANNA_LID) -> Inbound:
    letter = Letter(content=Revoke(target=Target("A1", of)))
    return Inbound(wa_id, group, by, phone, by, "Eve", "revoke", letter, AT + 1_000)


async def test_what_an_admin_removes_is_gone_and_told(story: Any, reported: Any, group: str, shown: Any) -> None:
    await story.host.groups.change_members(group, "promote", [EVE])
    await reported(wrote(group))
    await reported(removed(group))
    message = await shown()
    assert (message.text, message.revoked_at) == (None, "2026-09-21T14:13:21.000Z")
    event = (await story.told())[-1]
    assert (event["type"], event["data"]["messageId"]) == ("message.revoked", message.id)
    assert (event["data"]["phone"], event["data"]["lid"]) == (EVE_PHONE, EVE_LID)


async def test_who_is_no_admin_removes_nothing_and_is_asked_about_once(
    story: Any, reported: Any, group: str, shown: Any, asked: list[str], waiting: Any
) -> None:
    await reported(wrote(group))
    for attempt in range(3):
        await reported(removed(group, f"R{attempt}"))
    assert ((await shown()).text, (await shown()).revoked_at) == ("Buy my coins", None)
    assert [each["type"] for each in await story.told()] == ["message.received"]
    assert (asked, await waiting()) == ([group], [])


async def test_an_admin_of_one_group_is_none_in_another(story: Any, reported: Any, group: str, shown: Any) -> None:
    hers = await story.host.groups.create("Hers", [EVE])
    await story.host.groups.change_members(hers.id, "promote", [EVE])
    await reported(wrote(group))
    await reported(removed(hers.id))
    assert (await shown()).text == "Buy my coins"


async def test_of_what_its_writer_takes_back_nobody_is_asked(
    story: Any, reported: Any, group: str, shown: Any, asked: list[str], waiting: Any
) -> None:
    await reported(wrote(group), removed(group, by=ANNA_LID, phone=ANNA_PHONE))
    assert (await shown()).text is None
    assert len([each for each in await story.told() if each["type"] == "message.revoked"]) == 1
    assert (asked, await waiting()) == ([], [])


async def test_a_removal_is_carried_out_at_once(
    story: Any, reported: Any, group: str, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.host.groups.change_members(group, "promote", [EVE])
    await reported(wrote(group))
    monkeypatch.setattr(errands, "POLL_S", 3_600)
    woken_alone = Removing(story.doors)
    await woken_alone.start()
    story.host.report(story.number, removed(group))

    async def gone() -> bool:
        return (await shown()).text is None

    await story.eventually(gone)
    await woken_alone.stop()


@pytest.fixture
async def wanted(story: Any, worker: Any, group: str) -> None:
    """Eve, an admin, takes back what Anna wrote; it was taken in and nobody was asked yet."""
    await story.host.groups.change_members(group, "promote", [EVE])
    story.host.report(story.number, wrote(group), removed(group))
    journal = story.host.journals[story.number]
    await story.eventually(lambda: journal.taken == len(journal.events))


async def test_while_no_host_is_there_a_removal_waits(
    story: Any, wanted: None, shown: Any, turn: Any, waiting: Any, clock: RunningClock
) -> None:
    await story.host.stop()
    await turn()
    assert ((await shown()).text, await waiting()) == ("Buy my coins", [0])
    await story.host.start()
    await turn()
    assert (await shown()).text == "Buy my coins"
    clock.forward(AGAIN_MS)
    await turn()
    assert ((await shown()).text, await waiting()) == (None, [])
    assert [each["type"] for each in await story.told()] == ["message.received", "message.revoked"]


async def test_a_host_that_dies_while_it_is_asked_is_asked_again(
    story: Any, wanted: None, shown: Any, turn: Any, waiting: Any, clock: RunningClock
) -> None:
    gone = asyncio.Event()

    async def hangs(_group: str) -> None:
        await gone.wait()
        raise EngineError("no_answer", "Nobody listens any more.", permanent=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admins, "_DEADLINE_S", 0.05)
        patch.setattr(story.host.groups, "read", hangs)
        await turn()
        gone.set()
    assert ((await shown()).text, await waiting()) == ("Buy my coins", [1])
    clock.forward(AGAIN_MS)
    await turn()
    assert ((await shown()).text, await waiting()) == (None, [])


async def test_what_a_worker_died_over_another_carries_out(
    story: Any, wanted: None, shown: Any, turn: Any, waiting: Any, clock: RunningClock
) -> None:
    assert len(await Removals(story.doors).claim(10)) == 1
    await turn()
    assert await waiting() == [1]
    clock.forward(HOLD_MS)
    await turn()
    assert ((await shown()).text, await waiting()) == (None, [])


async def test_two_workers_with_the_same_removal_tell_it_once(story: Any, wanted: None, clock: RunningClock) -> None:
    slow, quick = Removals(story.doors), Removals(story.doors)
    (some,) = await slow.claim(10)
    clock.forward(HOLD_MS)
    (same,) = await quick.claim(10)
    await quick.carry_out(same)
    await slow.carry_out(some)
    assert [each["type"] for each in await story.told()] == ["message.received", "message.revoked"]


async def test_a_removal_is_given_up_when_nothing_is_left_to_remove(
    story: Any, wanted: None, turn: Any, waiting: Any, clock: RunningClock
) -> None:
    story.host.refuses_chats = "whatsapp_rate_limited"
    await turn()
    assert await waiting() == [1]
    clock.forward(story.settings.body_hours * 3_600_000)
    await turn()
    assert await waiting() == []


async def test_a_number_that_left_the_group_removes_nothing(
    story: Any, wanted: None, shown: Any, turn: Any, waiting: Any
) -> None:
    story.host.refuses_chats = "not_in_group"
    await turn()
    assert ((await shown()).text, await waiting()) == ("Buy my coins", [])


async def test_nobody_reads_in_the_database_who_wants_what_removed(story: Any, wanted: None) -> None:
    async with story.doors.db.reading() as tx:
        (row,) = await tx.rows(select(removals))
    assert not any(word in row.sealed for word in (b"Eve", b"A1", ANNA_LID.encode()))


async def test_a_removal_nobody_can_read_is_no_trouble_for_others(
    story: Any, wanted: None, group: str, turn: Any, waiting: Any
) -> None:
    async def spoil(tx: Any) -> None:
        await tx.execute(update(removals).values(sealed=b"noise"))

    await story.doors.db.writer.run(spoil)
    story.host.report(story.number, removed(group, "R2"))
    journal = story.host.journals[story.number]
    await story.eventually(lambda: journal.taken == len(journal.events))
    await turn()
    assert await waiting() == []
    assert [each["type"] for each in await story.told()] == ["message.received", "message.revoked"]


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1_000, 60)])
def test_tries_become_rarer(tries: int, minutes: int) -> None:
    assert pause_ms(tries) == minutes * 60_000
