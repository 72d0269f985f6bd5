"""From POST to the phone: the product against the protocol library alone, on the same machine in the same run.

Both have the network on the last core and may use every core themselves. The load generator shares the last core.
"""

import argparse
import os
from statistics import median

import uvloop

from bench import people
from bench.engine_alone import engine_alone
from bench.load import run, shared
from bench.outcome import say
from bench.processes import LAST, BenchError
from bench.product import Product
from bench.scene import SEND, Scene, scene

NUMBERS, CHATS_OF_EACH = 10, 4
CHATS_OF_ONE = 40
CALLERS = 16

Figures = dict[str, object]


async def measure(messages: int, rounds: int, numbers: int) -> Figures:
    """`messages` in all for many numbers, a third of it for one; library alone and product take turns."""
    os.sched_setaffinity(0, LAST)
    many = await _compared(numbers, CHATS_OF_EACH, messages, rounds)
    one = await _compared(1, CHATS_OF_ONE, messages // 3, rounds)
    async with scene(Product(), people.numbers(numbers), CHATS_OF_EACH) as ready:
        send = await _synchronous(ready, messages // 2)
    return {"many": many, "one": one, "send": send}


async def _compared(numbers: int, chats: int, messages: int, rounds: int) -> Figures:
    """The same messages over the same numbers and chats, by the library alone and through the product."""
    each = messages // numbers
    alone: list[Figures] = []
    through: list[Figures] = []
    for _ in range(rounds):
        alone.append(await engine_alone(numbers, each, chats=chats))
        async with scene(Product(), people.numbers(numbers), chats) as ready:
            through.append(await _posted(ready, each // chats))
    return {
        "numbers": numbers,
        "alone": alone,
        "through": through,
        "alone_per_second": _middle(alone, "arrived_per_second"),
        "through_per_second": _middle(through, "arrived_per_second"),
        "ratio": round(_middle(through, "arrived_per_second") / _middle(alone, "arrived_per_second"), 3),
    }


def _middle(rounds: list[Figures], name: str) -> float:
    return median(float(str(one[name])) for one in rounds)


async def _posted(ready: Scene, each: int) -> Figures:
    """Every chat's own caller posts `each` messages; done when phones have all and `read` is stored for all."""
    total = each * len(ready.chats)
    before = ready.cpu()
    result = await run(ready.account.door.address, ready.posts("post", each))
    if set(result.statuses) != {202}:
        raise BenchError(f"not every answer was 202: {dict(result.statuses)}")
    read_at = await ready.until_read(total + len(ready.chats))
    spent = {name: round(seconds - before[name], 1) for name, seconds in ready.cpu().items()}
    judged = await ready.judge("post")
    if faults := judged.faults(total):
        raise BenchError(f"of {total} messages at the phones: {', '.join(faults)}")
    return {
        "messages": total,
        "accepted_per_second": round(result.rate, 1),
        "arrived_per_second": round(total / (judged.last_at / 1000 - result.started), 1),
        "read_per_second": round(total / (read_at - result.started), 1),
        "accept": result.figures(),
        "cpu_s": spent,
    }


async def _synchronous(ready: Scene, total: int) -> Figures:
    """POST /api/v1/send answers when WhatsApp has acknowledged the message."""
    chats = ready.chats

    def make(n: int) -> bytes:
        sender, to = chats[n % len(chats)]
        return ready.message(SEND, "recipient", sender, to, f"send {sender} {to} {n}")

    before = ready.cpu()
    result = await run(ready.account.door.address, shared(CALLERS, map(make, range(total))))
    spent = {name: round(seconds - before[name], 1) for name, seconds in ready.cpu().items()}
    if set(result.statuses) != {200}:
        raise BenchError(f"not every answer was 200: {dict(result.statuses)}")
    await ready.until_read(total + len(chats))
    judged = await ready.judge("send")
    if judged.count != total or judged.duplicates:
        raise BenchError(f"of {total} messages at the phones: {', '.join(judged.faults(total))}")
    return {"callers": CALLERS, "numbers": len(ready.numbers), **result.figures(), "cpu_s": spent}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=12_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--numbers", type=int, default=NUMBERS)
    given = parser.parse_args()
    say("through", uvloop.run(measure(given.messages, given.rounds, given.numbers)))
