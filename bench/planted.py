"""The product with a fault put into it, to see a crash run fail: `python -m bench.planted ack-before-commit serve`.

The fault lives here alone. The product has no switch for it.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from messageapi.cli import main
from messageapi.messages.accepting.accept import accept
from messageapi.messages.accepting.draft import Accepted, Draft
from messageapi.messages.following import settle
from messageapi.messages.following.row import Row
from messageapi.store.tx import Tx
from messageapi.store.writing.writer import Writer
from messageapi.workers.sending import handover

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

    async def join(writer: Writer, batch: "Batch[A, B]", item: A, *, last: bool = False) -> object:
        if batch is not accept or not isinstance(item, Draft):
            return await honest(writer, batch, item, last=last)
        task = asyncio.create_task(later(writer, batch, item))
        running.add(task)
        task.add_done_callback(running.discard)
        return Accepted(item.id, "accepted", item.sender, item.to.jid, item.now)

    Writer.join = join  # type: ignore[method-assign,assignment]


def try_again() -> None:
    """Put back into the queue what may have left, as if it certainly had not."""

    def unconfirmed(_: object, row: Row, _outcome: object) -> None:
        row.wait_again()

    settle._unconfirmed = unconfirmed  # type: ignore[assignment]  # noqa: SLF001 - the fault is put where the outcome is judged


def backwards() -> None:
    """Hand what was claimed together over in the wrong order."""
    honest = handover._opened  # noqa: SLF001 - the fault is put where the order is kept

    async def opened(*given: Any) -> Any:
        return (await honest(*given))[::-1]

    handover._opened = opened  # type: ignore[assignment]  # noqa: SLF001


FAULTS = {"ack-before-commit": ack_before_commit, "try-again": try_again, "backwards": backwards}
"""What each run must find: something lost, something twice, something out of order."""

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()
