"""Events are delivered once more when somebody asks: one, those that failed, or all of a span."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import update

from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.store.tables import deliveries
from messageapi.webhooks.replay import replay, replay_one
from messageapi.webhooks.schemas import Replay
from messageapi.workers.chores import Chores

HOUR_MS = 3_600_000


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1_000, UTC)


async def test_one_event_is_delivered_again_with_the_same_id(stage: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    await replay_one(stage.doors, stage.alice, made.endpoint.id, first.event_id)
    one, again = await there.until(2)
    assert (one.body, one.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
    (done,) = await stage.settled(made.endpoint.id, lambda found: found[0].state == "delivered")
    assert done.attempts == 1


async def test_what_failed_is_delivered_again_in_order_and_nothing_else(stage: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    await stage.events.happen("arrived", chat="a@g.us")
    await there.until(1)

    async def down(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=500)

    there.answer = down
    for n in range(5):
        await stage.events.happen(f"{n}", chat="a@g.us")
    found = await stage.settled(made.endpoint.id, lambda found: len(found) == 6 and found[1].attempts == 1)
    for each in found[1:]:
        await stage.doors.db.writer.run(partial(_fail, each.event_id))
    there.answer, there.got[:] = None, []
    done = await replay(stage.doors, stage.alice, made.endpoint.id, Replay())
    assert (done.count, done.next_since) == (5, None)
    await there.until(5)
    assert there.names == [f"{n}" for n in range(5)]
    await stage.settled(made.endpoint.id, lambda found: {each.state for each in found} == {"delivered"})
    assert (await replay(stage.doors, stage.alice, made.endpoint.id, Replay())).count == 0


async def _fail(event_id: str, tx: Tx) -> None:
    await tx.execute(update(deliveries).where(deliveries.c.event_id == event_id).values(state="failed", ended_at=1))


async def test_a_span_brings_what_an_endpoint_wants_even_from_before_it_was_made(stage: Any, clock: Any) -> None:
    there = await stage.receiver()
    for name, kind in (("too early", "number.banned"), ("wanted", "number.banned"), ("not wanted", "number.connected")):
        await stage.events.happen(name, kind=kind)
        clock.forward(HOUR_MS)
    made = await stage.endpoint(there.url, events=["number.banned"])
    span = Replay(what="all", since=moment(clock() - 2 * HOUR_MS), until=moment(clock()))
    done = await replay(stage.doors, stage.alice, made.endpoint.id, span)
    assert done.count == 1
    await there.until(1)
    assert there.names == ["wanted"]


async def test_an_event_that_is_gone_cannot_be_replayed(stage: Any, clock: Any) -> None:
    there = await stage.receiver()
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    clock.forward(72 * HOUR_MS)
    await Chores(stage.doors).turn()
    with pytest.raises(Problem) as refused:
        await replay_one(stage.doors, stage.alice, made.endpoint.id, first.event_id)
    assert refused.value.code == "event_gone"
    assert [each.state for each in await stage.delivered(made.endpoint.id)] == ["delivered"]
    clock.forward(stage.doors.settings.delivery_hours * HOUR_MS)
    await Chores(stage.doors).turn()
    assert await stage.delivered(made.endpoint.id) == []


async def test_what_could_not_be_delivered_in_time_ends_expired_and_lets_the_next_through(
    stage: Any, clock: Any
) -> None:
    async def down(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=500)

    there = await stage.receiver(down)
    made = await stage.endpoint(there.url)
    for n in range(3):
        await stage.events.happen(f"{n}", chat="a@g.us")
    await stage.settled(made.endpoint.id, lambda found: len(found) == 3 and found[0].attempts == 1)
    clock.forward(73 * HOUR_MS)
    there.answer = None
    await stage.events.happen("in time", chat="a@g.us")
    await stage.deliveries.poll()
    await there.until(2)
    assert there.names == ["0", "in time"]
    states = await stage.settled(made.endpoint.id, lambda found: found[-1].state == "delivered")
    assert [each.state for each in states] == ["expired"] * 3 + ["delivered"]
