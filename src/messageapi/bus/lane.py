"""One subscription's messages on their way to its handler: in order, bounded, not stopped by a handler that fails."""

import asyncio
from collections.abc import Awaitable

from messageapi.bus.port import Handler, Reply
from messageapi.logs import log

LANE_LIMIT = 8_192  # messages that may wait for one handler; more are dropped, and whoever asked gets no answer
CONCURRENT_LIMIT = 256
FINISH_S = 2.0

Message = tuple[str, bytes, Reply | None]


class Lane:
    """`put` never waits. `concurrent`: up to CONCURRENT_LIMIT handlers at once."""

    def __init__(self, handler: Handler, *, concurrent: bool) -> None:
        self._handler = handler
        self._waiting: asyncio.Queue[Message | None] = asyncio.Queue(LANE_LIMIT + 1)  # one place for the end mark
        self._room = asyncio.Semaphore(CONCURRENT_LIMIT) if concurrent else None
        self._handlers: set[asyncio.Task[None]] = set()
        self._open = True
        self._full = False
        self._task = asyncio.create_task(self._walk(), name="bus-lane")

    def put(self, subject: str, payload: bytes, reply: Reply | None) -> None:
        if not self._open:
            return
        if self._waiting.qsize() >= LANE_LIMIT:
            if not self._full:
                log("bus").error("handler_too_slow", subject=subject, waiting=LANE_LIMIT)
            self._full = True
            return
        self._full = False
        self._waiting.put_nowait((subject, payload, reply))

    async def finish(self) -> None:
        """Handle what came, for at most FINISH_S, then stop. A handler may do this to its own lane."""
        if self._open:
            self._open = False
            self._waiting.put_nowait(None)
        ours = {self._task, *self._handlers}
        current = asyncio.current_task()
        if current in ours:
            return
        await asyncio.wait(ours, timeout=FINISH_S)
        for task in {self._task, *self._handlers}:
            task.cancel()

    async def _walk(self) -> None:
        while (message := await self._waiting.get()) is not None:
            if self._room is None:
                await self._handle(message)
                continue
            await self._room.acquire()
            task = asyncio.create_task(self._handle(message), name="bus-handler")
            self._handlers.add(task)
            task.add_done_callback(self._left)
        if self._handlers:
            await asyncio.wait(self._handlers)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._handlers.discard(task)
        if self._room:
            self._room.release()

    async def _handle(self, message: Message) -> None:
        subject, payload, reply = message
        try:
            await _uncancelled(self._handler(subject, payload, reply))
        except Exception as problem:  # noqa: BLE001 - the next message is not to blame
            # no traceback text: it could quote a payload
            log("bus").error("handler_failed", subject=subject, cause=type(problem).__name__, where=_where(problem))


async def _uncancelled(work: Awaitable[None]) -> None:
    """A CancelledError not meant for this task, such as from a future it waited for, is an error like others."""
    try:
        await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("the handler waited for something that was cancelled") from None


def _where(problem: Exception) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
