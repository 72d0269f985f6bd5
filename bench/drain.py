"""A thousand messages wait for a hundred numbers while all is down; then everything starts. How fast do they leave?

The steady rate is that of as many messages posted to the same numbers while they are connected.
"""

import argparse
import asyncio
import os
import time

import uvloop

from bench import people
from bench.account import Account
from bench.judge import BROKEN
from bench.load import run
from bench.network import arrivals, start_network
from bench.outcome import say
from bench.processes import LAST, READY_S, BenchError, Started, free_port, until
from bench.product import Product
from bench.scene import MESSAGES
from bench.verdict import Chats
from messageapi.sandbox.client import SandboxControl

NUMBERS, MESSAGES_IN_ALL, CALLERS = 100, 1_000, 16
DRAIN_S = 300.0
LOOK_EVERY_S = 1.0
"""The judge shares a core with the network, and when a message came is what its phone wrote down."""

Chat = tuple[str, str]


class Run:
    """A product whose network is a process of its own, so that both can be down while messages are accepted."""

    def __init__(self, numbers: int, messages: int) -> None:
        self.product = Product({"port": free_port(), "sandbox": "on"})
        phones = enumerate(people.numbers(numbers))
        self.chats: list[Chat] = [(phone, people.recipients(1, n)[0]) for n, phone in phones]
        self.messages = messages
        self.ids: dict[str, str] = {}
        self.network: Started | None = None

    async def link(self, account: Account) -> None:
        await account.open()
        async with SandboxControl.from_folder(self.product.network_folder) as control:
            for _, to in self.chats:
                await control.create_phone(to)
            self.ids = await account.link_all([phone for phone, _ in self.chats], control)

    async def start(self, account: Account) -> float:
        """Network and product; the wall-clock time when the product listened."""
        self.network = await start_network(self.product.network_folder)
        self.product.settings = {**self.product.settings, "sandbox": "off"}
        account.door = await self.product.start()
        return time.time()

    async def post(self, account: Account, label: str) -> float:
        """All messages, over all chats in turn; seconds it took."""

        def make(n: int) -> bytes:
            sender, to = self.chats[n % len(self.chats)]
            body = {"to": to, "from": self.ids[sender], "text": f"{label} {sender} {to} {n}"}
            return account.request(MESSAGES, body)

        result = await run(account.door.address, [map(make, mine) for mine in turns(len(self.chats), self.messages)])
        if set(result.statuses) != {202}:
            raise BenchError(f"not every answer was 202: {dict(result.statuses)}")
        return result.seconds

    async def arrived(self, label: str) -> tuple[Chats, int]:
        """What the phones have, once they have all of it; and when the first came, in ms."""
        end = time.monotonic() + DRAIN_S
        async with SandboxControl.from_folder(self.product.network_folder) as control:
            while True:
                judged, first = Chats(label), 0
                for _, to in self.chats:
                    inbox = [one for one in await arrivals(control, to) if one.text.startswith(label)]
                    judged.take(to, inbox)
                    first = min([first or 1 << 62, *(one.at for one in inbox)])
                if judged.count >= self.messages or time.monotonic() > end:
                    return judged, first
                await asyncio.sleep(LOOK_EVERY_S)


def turns(chats: int, messages: int) -> list[list[int]]:
    """Which messages each caller posts. A chat is one caller's: two would post to it in any order."""
    callers = min(CALLERS, chats)
    found: list[list[int]] = [[] for _ in range(callers)]
    for n in range(messages):
        found[n % chats % callers].append(n)
    return found


async def measure(numbers: int, messages: int) -> tuple[dict[str, object], bool]:
    os.sched_setaffinity(0, LAST)
    one = Run(numbers, messages)
    try:
        account_id = one.product.create_account()
        async with Account(await one.product.start(), account_id) as account:
            await one.link(account)
            await one.product.stop()
            await one.start(account)
            await account.until_state(one.ids.values(), "connected")
            return await _measured(one, account)
    finally:
        await one.product.stop()
        if one.network:
            await one.network.stop()
        await one.product.remove()


async def _measured(one: Run, account: Account) -> tuple[dict[str, object], bool]:
    await one.post(account, "warm")
    await one.arrived("warm")
    began = time.time() * 1000
    await one.post(account, "steady")
    steady, _ = await one.arrived("steady")
    if one.network:
        await one.network.stop()
    await one.post(account, "waiting")
    await one.product.stop()
    launched = time.time()
    listened = await one.start(account)
    await until(one.product.ready, READY_S, "the product to listen")
    drained, first = await one.arrived("waiting")
    steady_rate = one.messages / (steady.last_at - began) * 1000
    drain_rate = one.messages / max(1, drained.last_at - first) * 1000
    faults = drained.faults(one.messages) + steady.faults(one.messages)
    return {
        "numbers": len(one.chats),
        "messages": one.messages,
        "steady_per_second": round(steady_rate, 1),
        "drain_per_second": round(drain_rate, 1),
        "ratio": round(drain_rate / steady_rate, 3),
        "first_after_launch_s": round(first / 1000 - launched, 2),
        "first_after_listening_s": round(first / 1000 - listened, 2),
        "last_after_launch_s": round(drained.last_at / 1000 - launched, 2),
        "faults": faults,
    }, not faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=NUMBERS)
    parser.add_argument("--messages", type=int, default=MESSAGES_IN_ALL)
    given = parser.parse_args()
    told, good = uvloop.run(measure(given.numbers, given.messages))
    say("drain", told)
    raise SystemExit(0 if good else BROKEN)
