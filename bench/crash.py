"""A hundred `kill -9` under load: engine hosts and the web/worker process die at random moments, phones are the judges.

`--all` also hangs, slows and cuts off every part. Exits 10 when a promise was broken. `--plant` puts a fault into the
product, and the run must find it.
"""

import argparse
import asyncio
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
import uvloop

from bench import people
from bench.account import Account
from bench.callers import Callers
from bench.judge import BROKEN, Verdict, judge
from bench.network import arrivals, start_network
from bench.outcome import say
from bench.planted import FAULTS
from bench.processes import LAST, READY_S, BenchError, free_port, until
from bench.product import Product
from bench.troubles import ALL, KILLS, LONGEST_S, Troubles, World
from messageapi.sandbox.client import SandboxControl

LABEL = "crash"
DRAIN_S = 240.0
QUIET_S = 8.0
LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Wanted:
    """What a run is made of."""

    kills: int = 100
    seed: int = 1
    per_second: float = 100.0
    numbers: int = 4
    chats: int = 5
    plant: str = ""
    kinds: tuple[str, ...] = KILLS
    longest_pause_s: float = LONGEST_S
    ack_delay_ms: int = 0


async def measure(wanted: Wanted) -> tuple[dict[str, object], Verdict]:
    os.sched_setaffinity(0, LAST)
    product = Product({"port": free_port(), "sandbox": "on"})
    chats = [
        (phone, to)
        for n, phone in enumerate(people.numbers(wanted.numbers))
        for to in people.recipients(wanted.chats, n)
    ]
    try:
        account_id = product.create_account()
        account = Account(await product.start(), account_id)
        async with account:
            ids = await _linked(product, account, chats)
            await product.stop()
            figures, verdict = await _crashed(
                product, account, [(phone, ids[phone], to) for phone, to in chats], wanted
            )
    finally:
        await product.remove()
    return figures, verdict


async def _linked(product: Product, account: Account, chats: list[tuple[str, str]]) -> dict[str, str]:
    await account.open()
    async with SandboxControl.from_folder(product.network_folder) as control:
        for _, to in chats:
            await control.create_phone(to)
        return await account.link_all(sorted({phone for phone, _ in chats}), control)


async def _crashed(
    product: Product, account: Account, chats: list[tuple[str, str, str]], wanted: Wanted
) -> tuple[dict[str, object], Verdict]:
    """From here on the network is a process of its own on the product's data folder: it must outlive every kill."""
    network = await start_network(product.network_folder)
    product.settings = {**product.settings, "sandbox": "off"}
    if wanted.plant:
        product.program = ("-m", "bench.planted", wanted.plant, "serve")
    try:
        account.door = await product.start()
        await account.until_state([number for _, number, _ in chats], "connected")
        async with SandboxControl.from_folder(product.network_folder) as control:
            await control.faults(ack_delay_ms=wanted.ack_delay_ms)
        callers = Callers(account.door.address, account, LABEL)
        troubles = Troubles(World(product, network, [phone for phone, _, _ in chats]), wanted.seed, wanted.kinds)
        seconds = await _under_load(callers, troubles, chats, wanted)
        drained = await _drain(product, account)
        verdict = await _judged(product, account, callers, [to for _, _, to in chats])
    finally:
        await product.stop()
        await network.stop()
    figures: dict[str, object] = {
        "seed": wanted.seed,
        "plant": wanted.plant,
        "kills": dict(troubles.done),
        "seconds": round(seconds, 1),
        "posts_per_second": round(len(callers.attempts) / seconds, 1),
        "refusals": callers.refusals,
        "drain_s": round(drained, 1),
        **verdict.told(),
    }
    return figures, verdict


async def _under_load(callers: Callers, troubles: Troubles, chats: list[tuple[str, str, str]], wanted: Wanted) -> float:
    begun = time.monotonic()
    keeping = asyncio.create_task(troubles.keep_running())
    calling = asyncio.create_task(callers.run(chats, wanted.per_second))
    try:
        await troubles.run(wanted.kills, wanted.longest_pause_s)
        callers.stop()
        await calling
    finally:
        keeping.cancel()
        calling.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
    return time.monotonic() - begun


async def _drain(product: Product, account: Account) -> float:
    """Until nothing waits and nothing changes any more; what still waits at the deadline is for the judge."""
    begun = time.monotonic()
    last, since = await _back(product, account), time.monotonic()
    while time.monotonic() - begun < DRAIN_S:
        await asyncio.sleep(LOOK_EVERY_S)
        now = await account.today()
        if now != last:
            last, since = now, time.monotonic()
        if not now["waiting"] and time.monotonic() - since > QUIET_S:
            break
    return time.monotonic() - begun


async def _back(product: Product, account: Account) -> dict[str, int]:
    """The day's figures, once it answers again. One that was killed last may look alive for a moment."""
    end = time.monotonic() + READY_S
    while True:
        if product.main is None or not product.main.running:
            product.launch()
        try:
            await until(product.ready, READY_S, "the product to come back")
            account.door = product.door()
            return await account.today()
        except (aiohttp.ClientError, BenchError):
            if time.monotonic() > end:
                raise
            await asyncio.sleep(LOOK_EVERY_S)


async def _judged(product: Product, account: Account, callers: Callers, phones: list[str]) -> Verdict:
    stored = await account.sent_messages()
    async with SandboxControl.from_folder(product.network_folder) as control:
        inboxes = {phone: await arrivals(control, phone) for phone in phones}
    return judge(callers.attempts, stored, inboxes)


def _parsed() -> Wanted:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=Wanted.kills)
    parser.add_argument("--seed", type=int, default=Wanted.seed)
    parser.add_argument("--numbers", type=int, default=Wanted.numbers)
    parser.add_argument("--rate", type=float, default=Wanted.per_second, help="messages a second")
    parser.add_argument("--only", choices=ALL, action="append", help="this kind of trouble; may be given several times")
    parser.add_argument("--all", action="store_true", help="every kind of trouble")
    parser.add_argument("--longest", type=float, default=LONGEST_S, help="seconds between two troubles, at most")
    parser.add_argument("--ack-delay", type=int, default=0, help="ms until the network acknowledges a message")
    parser.add_argument("--plant", choices=FAULTS, default="")
    given = parser.parse_args()
    kinds = ALL if given.all else tuple(given.only or KILLS)
    return Wanted(
        given.kills,
        given.seed,
        given.rate,
        given.numbers,
        plant=given.plant,
        kinds=kinds,
        longest_pause_s=given.longest,
        ack_delay_ms=given.ack_delay,
    )


if __name__ == "__main__":
    asked = _parsed()
    told, found = uvloop.run(measure(asked))
    name = "faults" if asked.kinds == ALL else "crash"
    say(f"{name}-{asked.plant}" if asked.plant else name, told)
    sys.exit(0 if found.good else BROKEN)
