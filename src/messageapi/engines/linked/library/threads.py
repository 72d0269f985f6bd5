"""Native calls off the event loop: each on a daemon thread of its own, each with a deadline.

Not the default executor: its few threads would be used up by calls that hang, and it is joined at exit.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def on_thread(call: Callable[[], T], deadline_s: float) -> T:
    """Raise TimeoutError at the deadline; the thread is left behind and what it brings back is dropped."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, problem: BaseException | None) -> None:
        if done.done():
            return
        if problem is not None:
            done.set_exception(problem)
        else:
            done.set_result(result)  # type: ignore[arg-type] # T may be None

    def run() -> None:
        result: T | None = None
        problem: BaseException | None = None
        try:
            result = call()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where it is awaited
            problem = raised
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=run, daemon=True, name="native-call").start()
    return await asyncio.wait_for(done, deadline_s)


def within(call: Callable[[], T], deadline_s: float) -> T:
    """The same for a thread that is no event loop: it waits itself."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as raised:  # noqa: BLE001 - it is raised again where it is waited for
            done.set_exception(raised)

    threading.Thread(target=run, daemon=True, name="native-call").start()
    return done.result(deadline_s)
