"""The end of the outbox, read once for all who listen in this process: one task, and a tail for each account that
somebody follows. Bells say where to look; a look every few seconds is the net under them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from messageapi.bus.subjects import BELL_EVENTS
from messageapi.errors import DoorError, Problem
from messageapi.live import find, rows
from messageapi.live.find import Row
from messageapi.live.listener import Event, Listener
from messageapi.live.opening import opened
from messageapi.live.settling import Settling
from messageapi.logs import log
from messageapi.store.errors import store_error
from messageapi.store.tx import Tx
from messageapi.vocab.caller import operator_for
from messageapi.web.doors import Doors

POLL_S = 5.0
AGAIN_S = 0.005
TROUBLE_S = 1.0
AT_ONCE = 200
ACCOUNTS_AT_ONCE = 50
_log = log("live")


class Tail:
    """How far one account's events were sent on, and to whom."""

    def __init__(self) -> None:
        self.position = -1
        self.followers = 0
        self.listeners: set[Listener] = set()
        self.known = asyncio.Event()

    @contextlib.contextmanager
    def joined(self, listener: Listener) -> Iterator[None]:
        """From now on it is offered what comes behind `position`."""
        listener.passed = self.position
        self.listeners.add(listener)
        try:
            yield
        finally:
            self.listeners.discard(listener)

    def advance(self, position: int, events: Sequence[Event] = ()) -> None:
        self.position = position
        for listener in self.listeners:
            for event in events:
                listener.offer(event)
            listener.passed = position
        self.known.set()


class _Look(NamedTuple):
    """What one snapshot showed: the last event there is, the next ones of each account, and whose events are new."""

    settling: Settling
    top: int
    pages: dict[str, list[Row]]
    fresh: frozenset[str]


class Tails:
    """One in a process. `_asked`: accounts to look at, with the event up to which all must be sent on."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._tails: dict[str, Tail] = {}
        self._asked: dict[str, int | None] = {}
        self._settling = Settling()
        self._polled_at = 0.0
        self._polled_to = -1
        self._closed = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._deaf: Callable[[], None] | None = None

    @contextlib.asynccontextmanager
    async def follow(self, account_id: str) -> AsyncIterator[Tail]:
        """The account's tail, which knows where it is, for as long as the block lasts. Raise StoreError when closed."""
        self._start()
        tail = self._tails.setdefault(account_id, Tail())
        tail.followers += 1
        try:
            if not tail.known.is_set():
                self._ring(account_id)
                await tail.known.wait()
            if tail.position < 0:
                raise store_error("closed")
            yield tail
        finally:
            tail.followers -= 1
            if not tail.followers:
                del self._tails[account_id]

    @property
    def followed(self) -> int:
        """How many accounts are."""
        return len(self._tails)

    async def close(self) -> None:
        self._closed = True
        for tail in self._tails.values():
            tail.known.set()
        if self._deaf:
            self._deaf()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._deaf = self._task = None

    def _start(self) -> None:
        if self._closed:
            raise store_error("closed")
        if not self._tails:  # nobody looked for a while
            self._settling, self._polled_to = Settling(), -1
        if self._task is None:
            self._deaf = self._doors.bells.listen(BELL_EVENTS, self._ring)
            self._task = asyncio.create_task(self._run(), name="live")

    def _ring(self, account_id: str) -> None:
        if account_id in self._tails:
            self._asked[account_id] = None
            self._wake.set()

    async def _run(self) -> None:
        while True:
            if not self._asked:
                await self._rest(POLL_S if self._tails else None)
            asked = {each: self._asked.pop(each) for each in list(self._asked)[:ACCOUNTS_AT_ONCE]}
            try:
                await self._turn(asked)
            except (DoorError, Problem) as problem:
                _log.warning("events cannot be read", code=problem.code)
                await self._later(asked)
            except Exception as problem:  # noqa: BLE001 - when this task ends, all streams of the process fall silent
                _log.error("a turn broke", cause=type(problem).__name__)
                await self._later(asked)

    async def _rest(self, seconds: float | None) -> None:
        """Until somebody rings."""
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _later(self, asked: Iterable[str]) -> None:
        self._asked = dict.fromkeys(asked) | self._asked
        await asyncio.sleep(TROUBLE_S)

    async def _turn(self, asked: dict[str, int | None]) -> None:
        """Send on what is new to these accounts."""
        places = {each: self._tails[each].position for each in asked if each in self._tails}
        poll = asyncio.get_running_loop().time() >= self._polled_at + POLL_S
        looked = await self._doors.db.read(lambda tx: self._look(tx, places, poll=poll))
        self._settling = looked.settling
        if poll:
            fresh = looked.fresh if self._polled_to >= 0 else frozenset(self._tails)  # it was not known how far all are
            self._polled_at, self._polled_to = asyncio.get_running_loop().time(), looked.settling.settled
            self._asked |= {each: None for each in fresh if each in self._tails and each not in places}
        unsettled = False
        for account_id in places:
            target = looked.top if asked[account_id] is None else asked[account_id] or 0
            page = looked.pages.get(account_id, [])
            if account_id in self._tails and not await self._sent_on(account_id, page, target):
                self._asked.setdefault(account_id, target)
                unsettled = unsettled or len(page) < AT_ONCE
        if unsettled and self._settling.writing:
            await asyncio.sleep(AGAIN_S)

    async def _look(self, tx: Tx, places: dict[str, int], *, poll: bool) -> _Look:
        settling, top = await rows.look(tx, self._settling)
        pages = {
            account_id: await find.after(tx, operator_for(account_id), seq, settling.settled, AT_ONCE)
            for account_id, seq in places.items()
            if 0 <= seq < settling.settled
        }
        new = await rows.accounts_after(tx, self._polled_to) if poll and self._polled_to >= 0 else frozenset()
        return _Look(settling, top, pages, new)

    async def _sent_on(self, account_id: str, page: list[Row], target: int) -> bool:
        """True when all up to `target` is. A tail that is new begins there."""
        tail, settled = self._tails[account_id], self._settling.settled
        if tail.position < 0:
            if settled >= target:
                tail.advance(target)
            return settled >= target
        events = await opened(self._doors, account_id, page) if page and tail.listeners else []
        full = len(page) == AT_ONCE
        tail.advance(page[-1].seq if full else max(settled, tail.position), events)
        return not full and settled >= target
