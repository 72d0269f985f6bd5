"""One worker at a time delivers to an endpoint; when it is gone, another goes on where it was."""

import asyncio
from collections import Counter
from typing import Any

from messageapi.webhooks.delivery.claim import HOLD_MS, Hold, hold
from messageapi.workers.deliveries import Deliveries


async def takes(doors: Any, webhook_id: str, me: str) -> bool:
    return bool(await doors.db.writer.join(hold, Hold(webhook_id, me, doors.clock())))


async def test_an_endpoint_is_held_by_one_until_it_lapses(
    doors: Any, another_process: Any, endpoint: Any, clock: Any
) -> None:
    webhook_id = await endpoint()
    got = await asyncio.gather(
        *(takes(each, webhook_id, f"w{n}") for n, each in enumerate([doors, another_process] * 4))
    )
    assert sum(got) == 1
    holder = f"w{got.index(True)}"
    assert await takes(doors, webhook_id, holder), "whoever has it may keep it"
    clock.forward(HOLD_MS - 1)
    assert not await takes(another_process, webhook_id, "other")
    clock.forward(1)
    assert await takes(another_process, webhook_id, "other")
    assert not await takes(doors, webhook_id, holder)


async def test_two_workers_deliver_each_event_once(
    doors: Any, another_process: Any, endpoint: Any, happen: Any, outside: Any, eventually: Any
) -> None:
    for n in range(4):
        await endpoint(f"https://example.com/{n}")
    workers = [Deliveries(doors), Deliveries(another_process)]
    for worker in workers:
        await worker.start()
    for n in range(10):
        await happen(*(f"{n % 3}" for _ in range(10)))
        for worker in workers:
            await worker.relay()
            await worker.poll()
    await eventually(lambda: len(outside.posted) >= 400)
    for worker in workers:
        await worker.stop()
    assert set(Counter(outside.posted).values()) == {1}
    assert len(outside.posted) == 400


async def test_what_a_dead_worker_had_in_hand_is_delivered_by_another(
    doors: Any, another_process: Any, endpoint: Any, happen: Any, outside: Any, eventually: Any
) -> None:
    await endpoint()

    async def never(_: str) -> int:
        await asyncio.Event().wait()
        return 200

    outside.answer = never
    dead = Deliveries(doors)
    await dead.start()
    (event_id,) = await happen("chat")
    await eventually(lambda: len(outside.posted) == 1)
    for postman in dead._postmen.values():  # it ends without a word
        await postman.stop(0)
    outside.answer = None
    heir = Deliveries(another_process)
    await heir.start()
    doors.clock.forward(HOLD_MS)
    await heir.poll()
    await eventually(lambda: len(outside.posted) == 2)
    await heir.stop()
    await dead._relay.stop()
    await dead._poll.stop()
    assert {each for _, each in outside.posted} == {event_id}
