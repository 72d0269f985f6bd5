"""What a linked number costs an engine host: memory, threads and files for 0, 10, 50 and 200 of them, and the way back
after the host was killed.

Every number is linked through the product, by QR code, as a person would.
"""

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence

import uvloop

from bench import people
from bench.account import Account
from bench.outcome import say
from bench.processes import READY_S, BenchError, footprint, until
from bench.product import Product
from messageapi.sandbox.client import SandboxControl

STEPS = (0, 10, 50, 200)
SETTLE_S = 10.0
BACK_S = 120.0
LOOK_EVERY_S = 0.05
AT_ONCE = 4
Row = dict[str, float]


async def measure(steps: Sequence[int]) -> dict[str, object]:
    """The host is read some seconds after the last number was linked, for one just linked is still busy."""
    product = Product({"engine_sessions": max(steps) + 10})
    try:
        account_id = product.create_account()
        async with Account(await product.start(), account_id) as account:
            async with SandboxControl.from_folder(product.network_folder) as control:
                await _empty_host(product, account)
                rows, linking = await _linked(product, account, control, steps)
                back = await _killed(product, account, control, max(steps))
            await asyncio.sleep(SETTLE_S)
            after = _read(product, max(steps))
    finally:
        await product.remove()
    failed = dict(account.failed_links)
    return {"rows": rows, "after_kill": after, "linking_s": linking, "failed_links": failed, **back, **_each(rows)}


async def _empty_host(product: Product, account: Account) -> None:
    """A host is started when linking begins; linking is called off and the host stays."""
    number = (await account.ask("POST", "/numbers", {"name": "never linked", "network": "sandbox"}))["id"]
    await account.ask("POST", f"/numbers/{number}/link", {"method": "qr"})
    await account.qr(number)
    await account.ask("DELETE", f"/numbers/{number}")
    await until(lambda: len(product.hosts()) == 1, READY_S, "the pairing host to end")


async def _linked(
    product: Product, account: Account, control: SandboxControl, steps: Sequence[int]
) -> tuple[list[Row], float]:
    rows: list[Row] = []
    phones, spent, done = people.numbers(max(steps)), 0.0, 0
    for step in steps:
        begun = time.monotonic()
        await account.link_all(phones[done:step], control, at_once=AT_ONCE)
        await until(lambda: len(product.hosts()) == 1, READY_S, "the pairing hosts to end")
        spent += time.monotonic() - begun
        done = step
        await asyncio.sleep(SETTLE_S)
        rows.append(_read(product, step))
    return rows, round(spent, 1)


def _read(product: Product, numbers: int) -> Row:
    return {"numbers": numbers, **footprint(product.hosts()[0].pid)}


async def _killed(product: Product, account: Account, control: SandboxControl, numbers: int) -> dict[str, object]:
    """Seconds until the network has every device back, and until the product says so."""
    begun = time.monotonic()
    os.kill(product.hosts()[0].pid, signal.SIGKILL)
    await _online(control, lambda online: online < numbers)
    await _online(control, lambda online: online == numbers)
    online = time.monotonic() - begun
    await account.until_state([one["id"] for one in await account.numbers()], "connected", BACK_S)
    return {"back_online_s": round(online, 1), "back_connected_s": round(time.monotonic() - begun, 1)}


async def _online(control: SandboxControl, enough: Callable[[int], bool]) -> None:
    end = time.monotonic() + BACK_S
    while not enough(online := (await control.stats()).online):
        if time.monotonic() > end:
            raise BenchError(f"{online} devices are online after {BACK_S:g} s")
        await asyncio.sleep(LOOK_EVERY_S)


def _each(rows: list[Row]) -> dict[str, object]:
    """Per session beside the base, from the first row to the last."""
    first, last = rows[0], rows[-1]
    added = last["numbers"] - first["numbers"]

    def one(name: str) -> float:
        return round((last[name] - first[name]) / added, 3)

    return {"rss_mb_each": one("rss_mb"), "uss_mb_each": one("uss_mb"), "threads_each": one("threads")}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, nargs="+", default=list(STEPS))
    say("sessions", uvloop.run(measure(parser.parse_args().steps)))
