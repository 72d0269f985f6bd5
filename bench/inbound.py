"""A hundred `kill -9` of the engine host while phones write at 50 messages/s: what is lost, is the rest told once?

WhatsApp's side takes a message as delivered when the protocol library acknowledges it, which it does before anybody
here has written it down. What is killed in between is lost; this counts it. A message that is stored has to be stored
once and told once. Exits 10 when it is not.

Each kill waits for the host to have its numbers connected again. Hosts are started again at once, unless `--rests`: see
bench/restarts.py.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import uvloop

from bench import people
from bench.account import Account, Document
from bench.customer import Came, Customer
from bench.judge import BROKEN
from bench.network import start_network
from bench.outcome import say
from bench.processes import LAST, BenchError, Started, free_port
from bench.product import Product
from bench.told import Judged, judge, outbox, percentiles
from bench.troubles import LONGEST_S, Troubles, World
from bench.webhooks import latency, open_to
from messageapi.sandbox.client import SandboxControl

QUIET_S = 20.0
DRAIN_S = 300.0
BACK_S = 120.0
LOOK_EVERY_S = 0.5
SHOWN = 5
Figures = dict[str, object]


@dataclass(frozen=True)
class Wanted:
    """What a run is made of; `senders` write to each number."""

    kills: int = 100
    seed: int = 1
    per_second: float = 50.0
    numbers: int = 4
    senders: int = 5
    longest_pause_s: float = LONGEST_S
    rests: bool = False


class _Data(msgspec.Struct, rename="camel"):
    message_id: str = ""
    wa_message_id: str = ""


class _Event(msgspec.Struct, rename="camel"):
    id: str
    type: str
    data: _Data


_event = msgspec.json.Decoder(_Event).decode


@dataclass
class Phones:
    """Everybody writes at a steady pace. `sent`: WhatsApp's id of a message -> who, to whom, the how manieth."""

    control: SandboxControl
    chats: list[tuple[str, str]]
    sent: dict[str, str] = field(default_factory=dict)
    stopping: bool = False

    async def write(self, per_second: float) -> None:
        every, begun = len(self.chats) / per_second, time.monotonic()
        starts = [begun + every * n / len(self.chats) for n in range(len(self.chats))]
        await asyncio.gather(*(self._one(chat, start, every) for chat, start in zip(self.chats, starts, strict=True)))

    async def _one(self, chat: tuple[str, str], start: float, every: float) -> None:
        sender, to = chat
        n = 0
        while not self.stopping:
            await asyncio.sleep(max(0.0, start + n * every - time.monotonic()))
            text = f"inbound {sender} {to} {n}"
            self.sent[await self.control.send(sender, to, text)] = text
            n += 1


async def measure(wanted: Wanted) -> tuple[Figures, bool]:
    os.sched_setaffinity(0, LAST)
    async with Customer() as customer:
        product = Product({"port": free_port(), "sandbox": "on", **open_to(customer)})
        chats = [
            (sender, to)
            for n, to in enumerate(people.numbers(wanted.numbers))
            for sender in people.recipients(wanted.senders, n)
        ]
        try:
            account_id = product.create_account()
            async with Account(await product.start(), account_id) as account:
                ids = await _linked(product, account, chats)
                return await _killed((product, account, customer), chats, ids, wanted)
        finally:
            await product.remove()


async def _linked(product: Product, account: Account, chats: list[tuple[str, str]]) -> list[str]:
    async with SandboxControl.from_folder(product.network_folder) as control:
        for sender, _ in chats:
            await control.create_phone(sender)
        ids = await account.link_all(sorted({to for _, to in chats}), control)
    await product.stop()
    return list(ids.values())


async def _killed(
    cast: tuple[Product, Account, Customer], chats: list[tuple[str, str]], ids: list[str], wanted: Wanted
) -> tuple[Figures, bool]:
    """The network is a process of its own, which no kill can hit."""
    product, account, customer = cast
    network = await start_network(product.network_folder)
    product.settings = {**product.settings, "sandbox": "off"}
    if not wanted.rests:
        product.program = ("-m", "bench.restarts", "serve")
    try:
        account.door = await product.start()
        await account.until_state(ids, "connected")
        webhook_id = str((await account.ask("POST", "/webhooks", {"url": customer.url()}))["id"])
        async with SandboxControl.from_folder(product.network_folder) as control:
            phones = Phones(control, chats)
            troubles, seconds = await _under_load(Hosts(product, network, account, ids), phones, wanted)
        drained = await _quiet(account, ids, customer)
        stored = await account.received_messages()
        told = judge(outbox(product.data, webhook_id), [each.event_id for each in customer.taken])
    finally:
        await product.stop()
        await network.stop()
    found = _found(phones.sent, stored, customer.taken, told)
    run: Figures = {
        "seed": wanted.seed,
        "rests": wanted.rests,
        "kills": troubles,
        "seconds": round(seconds, 1),
        "drain_s": round(drained, 1),
    }
    rate = {"per_second": round(len(phones.sent) / seconds, 1)}
    return {**run, **rate, **found}, bool(found["good"])


@dataclass(frozen=True)
class Hosts:
    """What is killed, and how it is seen to be back."""

    product: Product
    network: Started
    account: Account
    ids: list[str]

    async def kill(self, wanted: Wanted) -> Counter[str]:
        """One after another, each when all numbers are connected again and something more has passed."""
        troubles = Troubles(World(self.product, self.network, []), wanted.seed, ("kill host",))
        killed_at = 0.0
        for _ in range(wanted.kills):
            await self._back(killed_at)
            await troubles.run(1, wanted.longest_pause_s)
            killed_at = time.time()
        return troubles.done

    async def _back(self, since: float) -> None:
        """Until every number has been connected anew: at first the dead host's are still shown as if they were."""
        end = time.monotonic() + BACK_S
        while True:
            numbers = [one for one in await self.account.numbers() if one["id"] in self.ids]
            if all(one["state"] == "connected" and _at(one["since"]) > since for one in numbers):
                return
            if time.monotonic() > end:
                raise BenchError(f"not back after {BACK_S:g} s: {[one['state'] for one in numbers]}")
            await asyncio.sleep(LOOK_EVERY_S)


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def _under_load(hosts: Hosts, phones: Phones, wanted: Wanted) -> tuple[dict[str, int], float]:
    begun = time.monotonic()
    writing = asyncio.create_task(phones.write(wanted.per_second))
    try:
        done = await hosts.kill(wanted)
        phones.stopping = True
        await writing
    finally:
        writing.cancel()
    return dict(done), time.monotonic() - begun


async def _quiet(account: Account, ids: list[str], customer: Customer) -> float:
    """Until all numbers are back and nothing more is told."""
    begun = time.monotonic()
    await account.until_state(ids, "connected")
    last, since = -1, begun
    while time.monotonic() - since < QUIET_S and time.monotonic() - begun < DRAIN_S:
        if len(customer.taken) != last:
            last, since = len(customer.taken), time.monotonic()
        await asyncio.sleep(LOOK_EVERY_S)
    return time.monotonic() - begun


def _found(sent: dict[str, str], stored: list[Document], taken: list[Came], told: Judged) -> Figures:
    """`lost` and `unreadable` are figures, not faults: nobody here could have prevented them."""
    events = [_event(each.body) for each in taken]
    arrivals = {event.id: event for event in events if event.type in ("message.received", "message.undecryptable")}
    times = Counter((event.type, event.data.wa_message_id) for event in arrivals.values())
    received = {wa_id for kind, wa_id in times if kind == "message.received"}
    by_id = Counter(str(row["waMessageId"]) for row in stored)
    lost = [text for wa_id, text in sent.items() if wa_id not in by_id]
    faults = {
        "stored twice": [wa_id for wa_id, count in by_id.items() if count > 1],
        "told twice": [f"{kind} {wa_id}" for (kind, wa_id), count in times.items() if count > 1],
        "stored, but not told": [wa_id for wa_id in by_id if wa_id not in {one for _, one in times}],
        "told, but not stored": [wa_id for wa_id in received if wa_id not in by_id],
        "never sent": [wa_id for wa_id in by_id if wa_id not in sent],
    }
    wrong = {kind: {"count": len(those), "examples": those[:SHOWN]} for kind, those in faults.items() if those}
    return {
        "good": told.good and not wrong,
        "sent": len(sent),
        "lost": {"count": len(lost), "examples": lost[:SHOWN]},
        "unreadable": len(by_id.keys() - received),
        "stored": len(stored),
        "told": told.told(),
        "faults": wrong,
        "to_receiver": percentiles([latency(each) for each in taken]),
    }


def _parsed() -> Wanted:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=Wanted.kills)
    parser.add_argument("--seed", type=int, default=Wanted.seed)
    parser.add_argument("--rate", type=float, default=Wanted.per_second, help="messages a second, over all phones")
    parser.add_argument("--numbers", type=int, default=Wanted.numbers)
    parser.add_argument("--longest", type=float, default=LONGEST_S, help="seconds between two kills, at most")
    parser.add_argument("--rests", action="store_true", help="leave the pause before a restart as it is")
    given = parser.parse_args()
    pause = {"longest_pause_s": given.longest, "rests": given.rests}
    return Wanted(given.kills, given.seed, given.rate, given.numbers, **pause)


if __name__ == "__main__":
    figures, good = uvloop.run(measure(_parsed()))
    say("inbound", figures)
    sys.exit(0 if good else BROKEN)
