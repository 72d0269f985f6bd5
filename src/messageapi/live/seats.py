"""Who listens in this process: so many for each key, and none for a key that has ended."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator

from messageapi.bus.subjects import BELL_KEYS
from messageapi.errors import DoorError, Problem
from messageapi.keys.usable import usable
from messageapi.live.listener import Listener
from messageapi.logs import log
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

LOOK_S = 0.9
"""A key that was revoked where no bell is heard from must be silent within a second."""
RETRY_S = 5
_log = log("live")


class Seats:
    """One in a process. `closed`: the server is being stopped."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._closed = False
        self._rang = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._deaf: Callable[[], None] | None = None

    @contextlib.contextmanager
    def taken(self, caller: Caller, listener: Listener) -> Iterator[None]:
        """Raise Problem when the key has all the seats it may have."""
        self._start()
        holder = caller.key_id or caller.person_id or caller.account_id
        beside = self._listeners[holder]
        if len(beside) >= self._doors.settings.streams_per_key:
            raise _full(len(beside))
        beside.add(listener)
        if self._closed:
            listener.end("server_stopping")
        try:
            yield
        finally:
            beside.discard(listener)
            if not beside:
                self._listeners.pop(holder, None)

    async def close(self) -> None:
        """All are told at once; they end by themselves."""
        self._closed = True
        for listener in self._all():
            listener.end("server_stopping")
        if self._deaf:
            self._deaf()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._deaf = self._task = None

    @property
    def open(self) -> int:
        """How many listen."""
        return sum(map(len, self._listeners.values()))

    def _all(self) -> list[Listener]:
        return [listener for beside in self._listeners.values() for listener in beside]

    def _start(self) -> None:
        if self._task is None and not self._closed:
            self._deaf = self._doors.bells.listen(BELL_KEYS, lambda _: self._rang.set())
            self._task = asyncio.create_task(self._run(), name="live-keys")

    async def _run(self) -> None:
        while True:
            self._rang.clear()
            try:
                await self._dismiss()
            except DoorError as problem:
                _log.warning("keys cannot be checked", code=problem.code)
            except Exception as problem:  # noqa: BLE001 - when this task ends, a revoked key listens on
                _log.error("checking keys broke", cause=type(problem).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._rang.wait()

    async def _dismiss(self) -> None:
        """End those whose key was revoked or has expired."""
        seated = [listener for listener in self._all() if listener.key_id]
        if not seated:
            return
        ids = {listener.key_id for listener in seated if listener.key_id}
        good = await self._doors.db.read(lambda tx: usable(tx, ids, self._doors.clock()))
        for listener in seated:
            if listener.key_id not in good:
                listener.end("key_ended")


def _full(most: int) -> Problem:
    return Problem(
        "too_many_streams",
        429,
        f"This key already has {most} streams and waiting requests open. Close some, or listen once and pass events "
        "on yourself.",
        retry_after=RETRY_S,
    )
