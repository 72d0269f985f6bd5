"""Messages that have a time: due all at once, expired before they can be handed over, canceled while they wait."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from messageapi.bus.subjects import BELL_SEND
from messageapi.messages.cancel import cancel
from messageapi.messages.due import rows as due
from messageapi.store.tables import bodies
from messageapi.workers.timetable import Timetable

SOON = 10_000


@dataclass
class Scene:
    """A number, its messages and the time."""

    doors: Any
    number: str
    clock: Any
    send: Any
    claim: Any
    show: Any

    def __post_init__(self) -> None:
        self.turn = Timetable(self.doors).turn

    async def say(self, *, due: int | None = None, until: int | None = None, from_: str | None = None) -> Any:
        """Times in milliseconds from now."""
        return await self.send(from_=from_, send_at=self._at(due), expires_at=self._at(until))

    def _at(self, ms: int | None) -> datetime | None:
        return None if ms is None else datetime.fromtimestamp((self.clock() + ms) / 1000, UTC)

    async def next_at(self) -> Any:
        return await self.doors.db.read(due.next_at)

    async def taken(self) -> Any:
        return [job.message_id for job in (await self.claim(self.number)).jobs]

    async def status(self, message: str) -> Any:
        return (await self.show(message)).status


@pytest.fixture
def scene(request: pytest.FixtureRequest, number: str) -> Scene:
    names = {"doors": "doors", "clock": "clock", "send": "say", "claim": "take", "show": "show"}
    return Scene(number=number, **{name: request.getfixturevalue(fixture) for name, fixture in names.items()})


async def test_a_scheduled_message_waits_for_its_time(scene: Scene) -> None:
    message = await scene.say(due=SOON)
    for ahead, status in ((SOON - 1, "scheduled"), (1, "accepted")):
        assert await scene.taken() == []
        scene.clock.forward(ahead)
        await scene.turn()
        assert await scene.status(message) == status
    assert await scene.taken() == [message]


async def test_messages_of_many_numbers_become_due_together(scene: Scene, make_number: Any, monkeypatch: Any) -> None:
    shops = [await make_number(f"shop {place}", phone=f"+1202555011{place}") for place in range(3)]
    for shop in shops:
        for _ in range(4):
            await scene.say(from_=shop, due=SOON)
    rung: list[str] = []
    scene.doors.bells.listen(BELL_SEND, rung.append)
    writer = scene.doors.db.writer
    works: list[Any] = []
    run = writer.run

    def noted(work: Any) -> Any:
        works.append(work)
        return run(work)

    monkeypatch.setattr(writer, "run", noted)
    scene.clock.forward(SOON)
    await scene.turn()
    assert sorted(rung) == sorted(shops)
    assert len(works) == 2, "one transaction moves all, and one finds that nothing is left"


async def test_a_message_whose_time_is_over_expires_and_its_body_is_destroyed(scene: Scene) -> None:
    late = [await scene.say(until=SOON), await scene.say(due=SOON - 1, until=SOON)]
    in_time = await scene.say(until=SOON + 1)
    scene.clock.forward(SOON)
    assert await scene.taken() == [in_time], "expired, and not handed over whether noticed or not"
    await scene.turn()
    for message in late:
        seen = await scene.show(message)
        assert (seen.status, seen.error and seen.error.code) == ("expired", "expired")
        assert seen.timeline[-1].status == "expired"
    async with scene.doors.db.reading() as tx:
        assert {row.message_id for row in await tx.rows(bodies.select())} == {in_time}


async def test_what_is_under_way_does_not_expire(scene: Scene) -> None:
    message = await scene.say(until=SOON)
    (job,) = (await scene.claim(scene.number)).jobs
    assert job.expires_at == scene.clock() + SOON
    scene.clock.forward(SOON)
    await scene.turn()
    assert await scene.status(message) == "sending"


@pytest.mark.parametrize("times", [{"due": SOON}, {"until": SOON}])
async def test_a_canceled_message_has_no_time_any_more(scene: Scene, alice: Any, times: Any) -> None:
    message = await scene.say(**times)
    await cancel(scene.doors, alice, message)
    assert await scene.next_at() is None
    scene.clock.forward(SOON)
    await scene.turn()
    assert await scene.status(message) == "canceled"


async def test_the_next_time_is_the_first_of_all(scene: Scene) -> None:
    assert await scene.next_at() is None
    await scene.say(until=3 * SOON)
    await scene.say(due=2 * SOON)
    assert await scene.next_at() == scene.clock() + 2 * SOON


async def test_more_than_fit_in_one_portion_are_moved_in_one_turn(scene: Scene, monkeypatch: Any) -> None:
    monkeypatch.setattr(due, "AT_ONCE", 2)
    for _ in range(5):
        await scene.say(due=SOON)
        await scene.say(until=SOON)
    scene.clock.forward(SOON)
    await scene.turn()
    assert await scene.next_at() is None
