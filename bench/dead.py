"""Ten dead endpoints of a hundred: what do they cost the ninety others?

Two accounts with fifty endpoints each get the same events in three conditions that take turns: all hundred alive; ten
of them dead (nobody listens, 503, no answer at all); the ninety alone. Of the ninety it is measured how long an event
takes at a steady rate, how long all of them need for a burst, and what a delivery costs the product's main process. The
ten are new in every round, so that finding out that they are dead is part of what is measured.

What else the machine does is in all figures but the processor time. So conditions are compared within a round, each
round begins with another one, and the costs of all rounds are told: of six, the true median lies between the least and
the most with 97 %.
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
from bench.processes import LAST, BenchError, cpu_seconds
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
    """`per_second` events, then `bursts` of `burst` events, over both accounts together."""

    per_second: float = 4.0
    seconds: float = 15.0
    burst: int = 200
    bursts: int = 3
    rounds: int = 6


@dataclass
class Stage:
    """Accounts, each with a number that is stopped: what is sent over it is accepted, told, and waits."""

    product: Product
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
        for number in range(wanted.rounds):
            first = number % len(CONDITIONS)
            for condition in (*CONDITIONS[first:], *CONDITIONS[:first]):
                found[condition].append(await _round(stage, condition, wanted))
    return {
        "endpoints": ACCOUNTS * (EACH + OTHERS),
        "dead_endpoints": ACCOUNTS * OTHERS,
        "events": {"per_second": wanted.per_second, "seconds": wanted.seconds, "burst": wanted.burst},
        "rounds": found,
        **{condition: _middle(found[condition]) for condition in CONDITIONS},
        **_cost("cost", _all(found["alive"], "burst_per_second"), _all(found["dead"], "burst_per_second")),
        **_cost("cost_beside_alone", _all(found["alone"], "burst_per_second"), _all(found["dead"], "burst_per_second")),
        **_cost("cpu_cost_beside_alone", _all(found["dead"], "cpu_ms"), _all(found["alone"], "cpu_ms")),
    }


def _cost(name: str, more: list[float], less: list[float]) -> Figures:
    """The share that is lost from the one to the other: the middle of the rounds, the least and the most."""
    costs = sorted(1 - small / large for large, small in zip(more, less, strict=True))
    return {name: round(median(costs), 3), f"{name}_between": [round(costs[0], 3), round(costs[-1], 3)]}


def _middle(rounds: list[Figures]) -> Figures:
    return {name: round(median(_all(rounds, name)), 3) for name in rounds[0]}


def _all(rounds: list[Figures], name: str) -> list[float]:
    return [float(str(one[name])) for one in rounds]


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
        stage = Stage(product, list(zip(accounts, numbers, strict=True)), alive, dead)
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
        spent = cpu_seconds([stage.product.main_pid])
        bursts = [await _burst(stage, wanted.burst // ACCOUNTS) for _ in range(wanted.bursts)]
        spent = cpu_seconds([stage.product.main_pid]) - spent
    finally:
        for account, webhook_id in others:
            await account.ask("DELETE", f"/webhooks/{webhook_id}")
    deliveries = sum(count for count, _ in bursts)
    rate = median(count / seconds for count, seconds in bursts)
    return {**steady, "burst_per_second": round(rate, 1), "cpu_ms": round(spent * 1_000 / deliveries, 3)}


async def _burst(stage: Stage, each: int) -> tuple[int, float]:
    """How many deliveries, and the seconds until the last of them came."""
    stage.alive.taken.clear()
    began = time.time()
    count = await stage.happen(each)
    await _until(stage, count)
    return count, max(came.at for came in stage.taken()) / 1_000 - began


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
    parser.add_argument("--bursts", type=int, default=Wanted.bursts, help="one after another, in each round")
    parser.add_argument("--rounds", type=int, default=Wanted.rounds)
    given = parser.parse_args()
    wanted = Wanted(given.rate, given.seconds, given.burst, given.bursts, given.rounds)
    say("dead", uvloop.run(measure(wanted)))
