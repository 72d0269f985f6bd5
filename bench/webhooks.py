"""From an event to the customer's receiver, at steady rates: messages are sent and read over the sandbox network, which
tells four events of each, and the receiver notes when each comes.

The clock starts with the time in the event, which is when the change it tells of began to be committed.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import defaultdict
from datetime import datetime

import msgspec
import uvloop

from bench import people
from bench.callers import Callers
from bench.customer import Came, Customer
from bench.judge import BROKEN
from bench.outcome import say
from bench.processes import LAST, BenchError
from bench.product import Product
from bench.scene import Scene, scene
from bench.told import Judged, judge, outbox, percentiles

NUMBERS, CHATS = 4, 10
EVENTS_EACH = 4  # accepted, sent, delivered, read
SETTLE_S = 120.0
LOOK_EVERY_S = 0.2
Figures = dict[str, object]


class Told(msgspec.Struct, rename="camel"):
    """What is looked at of an event."""

    id: str
    type: str
    created_at: datetime


_told = msgspec.json.Decoder(Told).decode


def open_to(*customers: Customer) -> dict[str, object]:
    """Settings of a product that may post to these."""
    return {
        "allowed_networks": "127.0.0.0/8",
        "fetch_ports": ",".join(str(each.port) for each in customers),
    }


async def endpoint(ready: Scene, customer: Customer) -> str:
    """Its id; it wants everything."""
    return str((await ready.account.ask("POST", "/webhooks", {"url": customer.url()}))["id"])


async def measure(rates: list[int], seconds: float) -> tuple[Figures, bool]:
    os.sched_setaffinity(0, LAST)
    async with Customer() as customer, scene(Product(open_to(customer)), people.numbers(NUMBERS), CHATS) as ready:
        webhook_id = await endpoint(ready, customer)
        steps = [await _step(ready, customer, rate, seconds) for rate in rates]
        verdict = await arrived(ready, customer, webhook_id)
    return {"steps": steps, **verdict.told()}, verdict.good


async def _step(ready: Scene, customer: Customer, rate: int, seconds: float) -> Figures:
    """`rate`: events a second."""
    before = len(customer.taken)
    began, spent = time.time(), ready.cpu()
    count = await post(ready, f"rate{rate}", rate / EVENTS_EACH, seconds)
    posting = time.time() - began
    await until_taken(customer, before + count * EVENTS_EACH)
    came = customer.taken[before:]
    used = {name: round(now - spent[name], 1) for name, now in ready.cpu().items()}
    return {
        "wanted_per_second": rate,
        "per_second": round(len(came) / (came[-1].at / 1_000 - began), 1),
        "posting_s": round(posting, 1),
        **percentiles([latency(each) for each in came]),
        "by_type": _by_type(came),
        "cpu_s": used,
    }


async def post(ready: Scene, label: str, per_second: float, seconds: float) -> int:
    """At a steady pace over all chats; how many messages were accepted."""
    callers = Callers(ready.account.door.address, ready.account, label)
    chats = [(sender, ready.numbers[sender], to) for sender, to in ready.chats]
    calling = asyncio.create_task(callers.run(chats, per_second))
    await asyncio.sleep(seconds)
    callers.stop()
    await calling
    return sum(attempt.outcome == "accepted" for attempt in callers.attempts)


async def until_taken(customer: Customer, count: int, patience_s: float = SETTLE_S) -> None:
    """Raise BenchError when nothing new has come for so long."""
    seen, since = 0, time.monotonic()
    while len(customer.taken) < count:
        if len(customer.taken) > seen:
            seen, since = len(customer.taken), time.monotonic()
        if time.monotonic() - since > patience_s:
            raise BenchError(f"{count} events were to come, {seen} have, and none for {patience_s:g} s")
        await asyncio.sleep(LOOK_EVERY_S)


async def arrived(ready: Scene, customer: Customer, webhook_id: str) -> Judged:
    """Against the outbox, once it does not grow any more."""
    return judge(outbox(ready.product.data, webhook_id), [each.event_id for each in customer.taken])


def latency(came: Came) -> float:
    return late(came.at, came.body)


def late(at: float, body: bytes) -> float:
    """Milliseconds from the time written in an event to when it came."""
    return at - _told(body).created_at.timestamp() * 1_000


def _by_type(came: list[Came]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for each in came:
        groups[_told(each.body).type].append(latency(each))
    return {name: percentiles(found) for name, found in sorted(groups.items())}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[100, 500], help="events a second, one step for each")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each step")
    given = parser.parse_args()
    figures, good = uvloop.run(measure(given.rates, given.seconds))
    say("webhooks", figures)
    sys.exit(0 if good else BROKEN)
