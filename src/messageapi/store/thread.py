"""A thread for SQLite: a whole transaction costs one trip to it, not one for each statement.

Work is written as coroutines, as PostgreSQL needs it; here nothing in them ever waits, so a thread runs them at one go.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from messageapi.store.errors import store_error

T = TypeVar("T")

WAITED = "database work may wait for its Tx alone: fetch everything else before"


class Thread:
    """Does what it is given, one after the other. A daemon: a statement that hangs must not keep the process alive."""

    def __init__(self, name: str) -> None:
        self._ended = False
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._run, daemon=True, name=name).start()

    async def run(self, work: Callable[[], T]) -> T:
        """The caller may be cancelled; the work is done all the same. Raise StoreError `closed` after `end`."""
        if self._ended:
            raise store_error("closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, problem: BaseException | None) -> None:
            if answer.done():
                return
            if problem is not None:
                answer.set_exception(problem)
            else:
                answer.set_result(result)  # type: ignore[arg-type]  # T may be None

        def job() -> None:
            result: T | None = None
            problem: BaseException | None = None
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001 - it is raised again where it is awaited
                problem = raised
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(settle, result, problem)

        self._work.put(job)
        return await answer

    def end(self) -> None:
        """When everything before is done."""
        self._ended = True
        self._work.put(None)

    def _run(self) -> None:
        while job := self._work.get():
            job()


def driven(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits for nothing to its end. Where it waits all the same, RuntimeError is raised in it."""
    step: Callable[[], object] = partial(work.send, None)
    while True:
        try:
            step()
        except StopIteration as end:
            result: T = end.value
            return result
        step = partial(work.throw, RuntimeError(WAITED))
