"""A running product with linked numbers that have written to each of their recipients once, ready to be measured."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import people
from bench.account import Account
from bench.load import run
from bench.network import arrivals
from bench.processes import LAST, BenchError, cpu_seconds, pin
from bench.product import Product
from bench.verdict import Chats
from messageapi.sandbox.client import SandboxControl

MESSAGES = "/api/v1/messages"
SEND = "/api/v1/send"
SETTLE_S = 300.0
LOOK_EVERY_S = 0.1


@dataclass
class Scene:
    """`numbers`: phone -> id. `recipients`: phone of a number -> whom it writes to, nobody twice."""

    product: Product
    account: Account
    control: SandboxControl
    numbers: dict[str, str]
    recipients: dict[str, list[str]]

    def posts(self, label: str, each: int) -> list[Iterator[bytes]]:
        """A plan for every chat, so that the order in a chat is the order of its POSTs."""
        return [
            self._chat(label, sender, to, each) for sender, recipients in self.recipients.items() for to in recipients
        ]

    def _chat(self, label: str, sender: str, to: str, each: int) -> Iterator[bytes]:
        for n in range(each):
            yield self.message(MESSAGES, "to", sender, to, f"{label} {sender} {to} {n}")

    def message(self, path: str, field: str, sender: str, to: str, text: str) -> bytes:
        return self.account.request(path, {field: to, "from": self.numbers[sender], "text": text})

    @property
    def chats(self) -> list[tuple[str, str]]:
        return [(sender, to) for sender, recipients in self.recipients.items() for to in recipients]

    async def until_read(self, total: int) -> float:
        """Wall-clock time when the product has committed `read` for so many messages of the day in all."""
        end = time.monotonic() + SETTLE_S
        while (today := await self.account.today())["read"] < total:
            if time.monotonic() > end:
                raise BenchError(f"{total} messages were to be read, after {SETTLE_S:g} s: {today}")
            await asyncio.sleep(LOOK_EVERY_S)
        return time.time()

    async def judge(self, label: str) -> Chats:
        judged = Chats(label)
        for _, to in self.chats:
            judged.take(to, await arrivals(self.control, to))
        return judged

    def cpu(self) -> dict[str, float]:
        """Seconds spent so far, by process."""
        hosts = [host.pid for host in self.product.hosts()]
        pids = {"main": [self.product.main_pid], "hosts": hosts, "network": [self.product.network().pid]}
        return {name: cpu_seconds(those) for name, those in pids.items()}


@asynccontextmanager
async def scene(product: Product, phones: Sequence[str], chats: int) -> AsyncIterator[Scene]:
    """The network runs on the last core, the rest of the product where it likes."""
    try:
        account_id = product.create_account()
        async with Account(await product.start(), account_id) as account:
            await account.open()
            pin(product.network().pid, LAST)
            async with SandboxControl.from_folder(product.network_folder) as control:
                yield await _linked(product, account, control, (phones, chats))
    finally:
        await product.remove()


async def _linked(
    product: Product, account: Account, control: SandboxControl, cast: tuple[Sequence[str], int]
) -> Scene:
    phones, chats = cast
    recipients = {phone: people.recipients(chats, n) for n, phone in enumerate(phones)}
    for phone in (each for group in recipients.values() for each in group):
        await control.create_phone(phone)
    ready = Scene(product, account, control, await account.link_all(phones, control), recipients)
    result = await run(account.door.address, ready.posts("warm", 1))
    if set(result.statuses) != {202}:
        raise BenchError(f"messages were refused: {dict(result.statuses)}")
    await ready.until_read(len(ready.chats))
    return ready
