"""Streams of events: what thousands of idle ones cost in memory, and how soon an event reaches one that listens beside
them, at steady rates over the sandbox network.

The clock starts with the time in the event, which is when the change it tells of began to be committed.
"""

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import psutil
import uvloop

from bench import people
from bench.outcome import say
from bench.processes import LAST, BenchError
from bench.product import Product
from bench.scene import Scene, scene
from bench.told import percentiles
from bench.webhooks import EVENTS_EACH, Figures, late, post

NUMBERS, CHATS = 4, 10
AT_ONCE = 50
SETTLE_S = 60.0
REST_S = 3.0
HELLO = b"\n\n"


class Listener:
    """Notes how late each event came, in milliseconds."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            if line.startswith(b"data: "):
                self.late.append(late(time.time() * 1_000, line[6:]))


async def measure(idle: int, rates: list[int], seconds: float) -> Figures:
    os.sched_setaffinity(0, LAST)
    async with scene(Product({"streams_per_key": 1_000_000}), people.numbers(NUMBERS), CHATS) as ready:
        async with AsyncExitStack() as stack:
            memory = await _idle(ready, stack, idle)
            listener = Listener()
            stream = await stack.enter_async_context(_stream(ready, "message.*"))
            reading = asyncio.create_task(listener.read(stream))
            steps = [await _step(ready, listener, rate, seconds) for rate in rates]
            reading.cancel()
        return {"idle": idle, **memory, "steps": steps}


async def _idle(ready: Scene, stack: AsyncExitStack, count: int) -> Figures:
    """Streams that want events which never come; the server's memory before and with them."""
    before = _rss(ready)
    began = time.monotonic()
    for start in range(0, count, AT_ONCE):
        some = min(AT_ONCE, count - start)
        await asyncio.gather(*(stack.enter_async_context(_stream(ready, "number.banned")) for _ in range(some)))
    took = time.monotonic() - began
    await asyncio.sleep(REST_S)
    after, used = _rss(ready), ready.cpu()["main"]
    await asyncio.sleep(REST_S)
    return {
        "opened_per_second": round(count / took) if count else 0,
        "rss_mb_before": round(before / 1e6, 1),
        "rss_mb": round(after / 1e6, 1),
        "kb_each": round((after - before) / 1e3 / count, 1) if count else 0.0,
        "idle_cpu_share": round((ready.cpu()["main"] - used) / REST_S, 3),
    }


def _rss(ready: Scene) -> int:
    return int(psutil.Process(ready.product.main_pid).memory_info().rss)


@asynccontextmanager
async def _stream(ready: Scene, types: str) -> AsyncIterator[asyncio.StreamReader]:
    """Open, and past its greeting."""
    host, port = ready.account.door.address
    reader, writer = await asyncio.open_connection(host, port)
    head = (
        f"GET /api/v1/events?types={types} HTTP/1.1\r\nHost: bench\r\nX-API-Key: {ready.account.key}\r\n"
        "Accept: text/event-stream\r\n\r\n"
    )
    writer.write(head.encode())
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise BenchError(f"no stream: {answer[:200].decode()}")
        await reader.readuntil(HELLO)
        yield reader
    finally:
        writer.close()


async def _step(ready: Scene, listener: Listener, rate: int, seconds: float) -> Figures:
    """`rate`: events a second."""
    listener.late.clear()
    began, spent = time.monotonic(), ready.cpu()
    count = await post(ready, f"live{rate}", rate / EVENTS_EACH, seconds)
    end = time.monotonic() + SETTLE_S
    while len(listener.late) < count * EVENTS_EACH:
        if time.monotonic() > end:
            raise BenchError(f"{count * EVENTS_EACH} events were to come, {len(listener.late)} have")
        await asyncio.sleep(0.05)
    took = time.monotonic() - began
    used = {name: round(now - spent[name], 1) for name, now in ready.cpu().items()}
    return {
        "wanted_per_second": rate,
        "events": len(listener.late),
        "per_second": round(len(listener.late) / took, 1),
        **percentiles(listener.late),
        "cpu_s": used,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=2_000, help="streams that stay silent")
    parser.add_argument("--rates", type=int, nargs="+", default=[100, 500], help="events a second, one step for each")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each step")
    given = parser.parse_args()
    say("live", uvloop.run(measure(given.idle, given.rates, given.seconds)))
