"""A receiver that is up for 5 s and down for 20 s, again and again, in all the ways receivers are down. Does it get
everything, in the order of each chat, and how long does that take?

Nothing of the product is sped up: the schedule of retries is the documented one. Exits 10 when an event is missing or
has overtaken another of its chat.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import uvloop

from bench import people
from bench.customer import DOWN, Customer, Mode
from bench.judge import BROKEN
from bench.outcome import say
from bench.processes import LAST, BenchError
from bench.product import Product
from bench.scene import Scene, scene
from bench.told import Judged
from bench.webhooks import EVENTS_EACH, Figures, arrived, endpoint, open_to, post

NUMBERS, CHATS = 5, 20
LOOK_EVERY_S = 0.2
STANDSTILL_S = 1_800.0


@dataclass(frozen=True)
class Wanted:
    """What a run is made of; `events` in all, `per_second` while they happen."""

    events: int = 100_000
    per_second: float = 400.0
    up_s: float = 5.0
    down_s: float = 20.0
    ways: tuple[Mode, ...] = DOWN
    limit_s: float = 7_200.0


async def measure(wanted: Wanted) -> tuple[Figures, bool]:
    os.sched_setaffinity(0, LAST)
    async with Customer() as customer, scene(Product(open_to(customer)), people.numbers(NUMBERS), CHATS) as ready:
        webhook_id = await endpoint(ready, customer)
        began = time.monotonic()
        flapping = asyncio.create_task(_flap(customer, wanted))
        try:
            seconds = wanted.events / wanted.per_second
            accepted = await post(ready, "flap", wanted.per_second / EVENTS_EACH, seconds)
            posted = time.monotonic() - began
            await _until_all(ready, customer, accepted * EVENTS_EACH, began + wanted.limit_s)
        finally:
            flapping.cancel()
        took = time.monotonic() - began
        verdict = await arrived(ready, customer, webhook_id)
    return _figures(wanted, verdict, customer, (posted, took)), verdict.good


async def _flap(customer: Customer, wanted: Wanted) -> None:
    ways: Iterator[Mode] = cycle(wanted.ways)
    while True:
        await customer.turn("takes")
        await asyncio.sleep(wanted.up_s)
        await customer.turn(next(ways))
        await asyncio.sleep(wanted.down_s)


async def _until_all(ready: Scene, customer: Customer, count: int, end: float) -> None:
    """Raise BenchError when nothing new comes for half an hour. After the limit the judge says what is missing."""
    seen, since = 0, time.monotonic()
    while _distinct(customer, count) < count and time.monotonic() < end:
        if len(customer.taken) > seen:
            seen, since = len(customer.taken), time.monotonic()
        if time.monotonic() - since > STANDSTILL_S:
            raise BenchError(f"nothing has come for {STANDSTILL_S:g} s: {seen} of {count}\n{ready.product.tail()}")
        await asyncio.sleep(LOOK_EVERY_S)


def _distinct(customer: Customer, count: int) -> int:
    """How many different ones have come; counted only when there may be enough."""
    came = len(customer.taken)
    return came if came < count else len({each.event_id for each in customer.taken})


def _figures(wanted: Wanted, verdict: Judged, customer: Customer, times: tuple[float, float]) -> Figures:
    posted, took = times
    up = took * wanted.up_s / (wanted.up_s + wanted.down_s)
    return {
        "up_s": wanted.up_s,
        "down_s": wanted.down_s,
        "ways": wanted.ways,
        "per_second": wanted.per_second,
        "posting_s": round(posted, 1),
        "took_s": round(took, 1),
        "taken_per_second_up": round(len(customer.taken) / up, 1),
        "turned_away": customer.turned_away,
        **verdict.told(),
    }


def _parsed() -> Wanted:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=Wanted.events)
    parser.add_argument("--rate", type=float, default=Wanted.per_second, help="events a second, while they happen")
    parser.add_argument("--up", type=float, default=Wanted.up_s)
    parser.add_argument("--down", type=float, default=Wanted.down_s)
    parser.add_argument("--way", choices=DOWN, action="append", help="of being down; may be given several times")
    parser.add_argument("--limit", type=float, default=Wanted.limit_s, help="seconds after which it is judged as it is")
    given = parser.parse_args()
    return Wanted(given.events, given.rate, given.up, given.down, tuple(given.way or DOWN), given.limit)


if __name__ == "__main__":
    figures, good = uvloop.run(measure(_parsed()))
    say("flapping", figures)
    sys.exit(0 if good else BROKEN)
