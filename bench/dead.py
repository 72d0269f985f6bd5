"""Ten dead endpoints of a hundred: what do they cost the ninety others?

Two accounts with fifty endpoints each get the same events in three conditions that take turns: all hundred alive; ten
of them dead (nobody listens, 503, no answer at all); the ninety alone. Of the ninety it is measured how long an event
takes at a steady rate, and how long all of them need for a burst. The ten are new in every round, so that finding out
that they are dead is part of what is measured.
"""

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median

import uvloop

from bench import people
from bench.account import Account
from bench.customer import DOWN, Came, Customer
from bench.outcome import say
from bench.processes import LAST, BenchError
from bench.product import Product
from bench.told import percentiles
from bench.webhooks import Figures, latency, open_to
from messageapi.sandbox.client import SandboxControl

ACCOUNTS, EACH, OTHERS = 2, 45, 5
"""Endpoints of an account that are measured, and those beside them."""
CONDITIONS = ("alive", "dead", "alone")
SETTLE_S = 300.0
LOOK_EVERY_S = 0.05
BATCH = 200


@dataclass(frozen=True)
class Wanted:
    """`per_second` events and a burst of so many, over both accounts together."""

    per_second: float = 4.0
    seconds: float = 30.0
    burst: int = 400
    rounds: int = 3


@dataclass
class Stage:
    """Accounts, each with a number that is stopped: what is sent over it is accepted, told, and waits."""

    accounts: list[tuple[Account, str]]
    alive: Customer
    dead: Sequence[Customer]
    sent: int = 0

    async def add(self, condition: str) -> list[tuple[Account, str]]:
        """The ten of a round."""
        made = []
        for account, _ in self.accounts if condition != "alone" else ():
            for n in range(OTHERS):
                where = self.alive.url(f"/other/{n}") if condition == "alive" else self.dead[n % len(self.dead)].url()
                made.append((account, str((await account.ask("POST", "/webhooks", {"url": where}))["id"])))
        return made

    async def happen(self, count: int) -> int:
        """So many events in each account, at once; in how many deliveries to the ninety that ends."""
        for account, number in self.accounts:
            for first in range(0, count, BATCH):
                chats = range(self.sent + first, self.sent + min(first + BATCH, count))
                messages = [{"to": _to(n), "from": number, "text": "dead"} for n in chats]
                await account.ask("POST", "/messages/batch", {"messages": messages})
        self.sent += count
        return count * EACH * len(self.accounts)

    def taken(self) -> list[Came]:
        return [each for each in self.alive.taken if each.path.startswith("/hook")]


def _to(n: int) -> str:
    """A chat of its own for each event, so that none waits behind another."""
    return f"+4917{n:08d}"


async def measure(wanted: Wanted) -> Figures:
    os.sched_setaffinity(0, LAST)
    found: dict[str, list[Figures]] = {condition: [] for condition in CONDITIONS}
    async with _stage() as stage:
        await _round(stage, "alone", wanted)  # to warm up
        for _ in range(wanted.rounds):
            for condition in CONDITIONS:
                found[condition].append(await _round(stage, condition, wanted))
    return {
        "endpoints": ACCOUNTS * (EACH + OTHERS),
        "dead_endpoints": ACCOUNTS * OTHERS,
        "events": {"per_second": wanted.per_second, "seconds": wanted.seconds, "burst": wanted.burst},
        "rounds": found,
        **{condition: _middle(found[condition]) for condition in CONDITIONS},
        "cost": round(1 - _rate(found["dead"]) / _rate(found["alive"]), 3),
        "cost_beside_alone": round(1 - _rate(found["dead"]) / _rate(found["alone"]), 3),
    }


def _rate(rounds: list[Figures]) -> float:
    return median(float(str(one["burst_per_second"])) for one in rounds)


def _middle(rounds: list[Figures]) -> Figures:
    return {name: median(float(str(one[name])) for one in rounds) for name in rounds[0]}


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        alive = await stack.enter_async_context(Customer())
        dead = [await stack.enter_async_context(Customer(way)) for way in DOWN]
        product = Product(open_to(alive, *dead))
        stack.push_async_callback(product.remove)
        ids = [product.create_account(f"bench{n}") for n in range(ACCOUNTS)]
        door = await product.start()
        accounts = [await stack.enter_async_context(Account(door, each)) for each in ids]
        async with SandboxControl.from_folder(product.network_folder) as control:
            numbers = [
                await account.link(phone, control)
                for account, phone in zip(accounts, people.numbers(ACCOUNTS), strict=True)
            ]
        stage = Stage(list(zip(accounts, numbers, strict=True)), alive, dead)
        for account, number in stage.accounts:
            await account.ask("POST", f"/numbers/{number}/stop")
            for n in range(EACH):
                await account.ask("POST", "/webhooks", {"url": alive.url(f"/hook/{n}")})
        yield stage


async def _round(stage: Stage, condition: str, wanted: Wanted) -> Figures:
    others = await stage.add(condition)
    try:
        stage.alive.taken.clear()
        expected = 0
        for _ in range(round(wanted.per_second * wanted.seconds / ACCOUNTS)):
            expected += await stage.happen(1)
            await asyncio.sleep(ACCOUNTS / wanted.per_second)
        await _until(stage, expected)
        steady = percentiles([latency(each) for each in stage.taken()])
        stage.alive.taken.clear()
        began = time.time()
        count = await stage.happen(wanted.burst // ACCOUNTS)
        await _until(stage, count)
        seconds = stage.taken()[-1].at / 1_000 - began
    finally:
        for account, webhook_id in others:
            await account.ask("DELETE", f"/webhooks/{webhook_id}")
    return {**steady, "burst_s": round(seconds, 2), "burst_per_second": round(count / seconds, 1)}


async def _until(stage: Stage, count: int) -> None:
    end = time.monotonic() + SETTLE_S
    while (came := len(stage.taken())) < count:
        if time.monotonic() > end:
            raise BenchError(f"{came} of {count} deliveries after {SETTLE_S:g} s")
        await asyncio.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=Wanted.per_second, help="events a second")
    parser.add_argument("--seconds", type=float, default=Wanted.seconds, help="at that rate")
    parser.add_argument("--burst", type=int, default=Wanted.burst, help="events at once")
    parser.add_argument("--rounds", type=int, default=Wanted.rounds)
    given = parser.parse_args()
    say("dead", uvloop.run(measure(Wanted(given.rate, given.seconds, given.burst, given.rounds))))
