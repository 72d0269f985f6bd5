"""Durably accepted messages a second: POST /api/v1/messages, SQLite, one process, load from the other core.

The number is stopped, so messages are stored and wait: accepting is measured apart from sending.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import uvloop

from bench import people
from bench.account import Account
from bench.load import Address, Result, request, run, shared
from bench.outcome import say
from bench.processes import FIRST, LAST, READY_S, BenchError, cpu_seconds, pin, start, until
from bench.product import Product
from messageapi.sandbox.client import SandboxControl

Maker = Callable[[int], bytes]
PATH = "/api/v1/messages"
CHATS = 100
WARM = 20
TEXT = "Your parcel has left our warehouse and will be with you tomorrow between 9 and 12 o'clock. Order {n}."


async def measure(callers: int, total: int, rounds: int) -> dict[str, object]:
    """The median round by rate, for each; product and bare route take turns so that both meet the same machine."""
    os.sched_setaffinity(0, LAST)
    folder = Path(tempfile.mkdtemp(prefix="bench-accept-"))
    product = Product(cores=FIRST)
    bare = start(["-m", "bench.bare_web", str(folder / "port")], folder / "bare.log", cores=FIRST)
    try:
        await until(
            lambda: (folder / "port").exists() and bool((folder / "port").read_text()), READY_S, "the bare route"
        )
        bare_address = "127.0.0.1", int((folder / "port").read_text())
        account_id = product.create_account()
        async with Account(await product.start(), account_id) as account:
            number = await _stopped_number(product, account)
            makers = _maker(account, number), _bare_maker(number)
            addresses = account.door.address, bare_address
            ours, plain = await _rounds(addresses, makers, (callers, total, rounds))
            stored = (await account.today())["waiting"]
            cpu = cpu_seconds([product.main_pid])
    finally:
        await bare.stop()
        await product.remove()
        shutil.rmtree(folder, ignore_errors=True)
    if stored != (answered := total * rounds + callers * WARM):
        raise BenchError(f"{answered} messages were answered 202, {stored} are stored")
    return _figures(ours, plain, callers) | {"product_cpu_s": round(cpu, 1)}


async def _stopped_number(product: Product, account: Account) -> str:
    await account.open()
    pin(product.network().pid, LAST)
    async with SandboxControl.from_folder(product.network_folder) as control:
        number = await account.link(people.numbers(1)[0], control)
    await account.ask("POST", f"/numbers/{number}/stop")
    return number


def _maker(account: Account, number: str) -> Maker:
    phones = people.recipients(CHATS)

    def make(n: int) -> bytes:
        return account.request(PATH, {"to": phones[n % CHATS], "from": number, "text": TEXT.format(n=n)})

    return make


def _bare_maker(number: str) -> Maker:
    headers = {"Content-Type": "application/json"}
    phones = people.recipients(CHATS)

    def make(n: int) -> bytes:
        text = f'{{"to":"{phones[n % CHATS]}","from":"{number}","text":"{TEXT.format(n=n)}"}}'
        return request("127.0.0.1", "POST", PATH, headers, text.encode())

    return make


async def _rounds(
    addresses: tuple[Address, Address], makers: tuple[Maker, Maker], size: tuple[int, int, int]
) -> tuple[list[Result], list[Result]]:
    callers, total, rounds = size
    for address, make in zip(addresses, makers, strict=True):
        await run(address, shared(callers, map(make, range(callers * WARM))))  # warm caches, not counted
    measured: tuple[list[Result], list[Result]] = ([], [])
    for _ in range(rounds):
        for address, make, results in zip(addresses, makers, measured, strict=True):
            result = await run(address, shared(callers, map(make, range(total))))
            if set(result.statuses) != {202}:
                raise BenchError(f"not every answer was 202: {dict(result.statuses)}")
            results.append(result)
    return measured


def _figures(ours: list[Result], plain: list[Result], callers: int) -> dict[str, object]:
    def middle(results: list[Result]) -> Result:
        return sorted(results, key=lambda one: one.rate)[len(results) // 2]

    return {
        "callers": callers,
        "product": middle(ours).figures(),
        "bare": middle(plain).figures(),
        "product_rounds": [round(one.rate) for one in ours],
        "bare_rounds": [round(one.rate) for one in plain],
        "ratio": round(median(one.rate for one in ours) / median(one.rate for one in plain), 3),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--total", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    say("accept", uvloop.run(measure(given.callers, given.total, given.rounds)))
