"""`kill -9` in the middle of delivering: everything arrives all the same, in the order of each chat."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from messageapi.vocab.clock import now_ms

SCRIPT = Path(__file__).with_name("delivering_worker.py")
CHATS, EACH = 12, 25


@pytest.fixture
def clock() -> Any:
    """The worker that is killed has the real one."""
    return now_ms


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_everything_arrives_although_the_worker_is_killed_again_and_again(
    endpoint: Any, receiver: Any, events: Any, doors: Any, tmp_path: Path
) -> None:
    async def slowly(_: web.Request, __: Any) -> web.Response:
        await asyncio.sleep(0.005)  # so that a kill finds requests under way
        return web.Response()

    there = await receiver(slowly)
    await endpoint(there.url)
    for number in range(EACH):
        for chat in range(CHATS):
            await events.happen(f"{chat}/{number}", chat=f"{chat}@g.us")
    await doors.db.close()
    arguments = [str(SCRIPT), str(tmp_path / "data"), str(tmp_path / "secrets" / "master.key"), str(there.port)]
    for kill_after in (20, 60, 120, 180, 240, None):
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        try:
            await there.until(kill_after or CHATS * EACH, 60)
            while kill_after is None and len(set(there.names)) < CHATS * EACH:
                await there.until(len(there.got) + 1, 60)
        finally:
            process.kill()
            await process.wait()
    first_seen = list(dict.fromkeys(there.names))
    for chat in range(CHATS):
        numbers = [int(name.partition("/")[2]) for name in first_seen if name.partition("/")[0] == str(chat)]
        assert numbers == list(range(EACH))
    assert len({got.headers["webhook-id"] for got in there.got}) == CHATS * EACH, "what comes twice has the same id"
