"""The product with a fault put into it, to see the crash test fail: `python -m bench.planted ack-before-commit serve`.

The fault lives here alone. The product has no switch for it.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from messageapi.cli import main
from messageapi.messages.accept import Accepted, Draft, accept
from messageapi.store.tx import Tx
from messageapi.store.writer import Writer

BEHIND_S = 0.05  # a write-behind cache: what it loses in a crash was promised already
A = TypeVar("A")
B = TypeVar("B")
Batch = Callable[[Tx, Sequence[A]], Awaitable[Sequence[B | Exception]]]


def ack_before_commit() -> None:
    """Answer who sends a message at once, and write it down a moment later."""
    honest = Writer.join
    running: set[asyncio.Task[object]] = set()

    async def later(writer: Writer, batch: "Batch[A, B]", item: A) -> object:
        await asyncio.sleep(BEHIND_S)
        return await honest(writer, batch, item)

    async def join(writer: Writer, batch: "Batch[A, B]", item: A) -> object:
        if batch is not accept or not isinstance(item, Draft):
            return await honest(writer, batch, item)
        task = asyncio.create_task(later(writer, batch, item))
        running.add(task)
        task.add_done_callback(running.discard)
        return Accepted(item.id, "accepted", item.sender, item.to.jid, item.now)

    Writer.join = join  # type: ignore[method-assign,assignment]


FAULTS = {"ack-before-commit": ack_before_commit}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()
