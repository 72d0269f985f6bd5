"""Keeps one number connected: opens its session, notices when it must be replaced, opens it again, until told to stop.

The protocol library reconnects by itself after a drop; what it gives up on, or does too slowly, is done here.
"""

import asyncio
import random
import time
from contextlib import suppress
from pathlib import Path

from messageapi.engines.contract import Session
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.journal.ledger import Ledger
from messageapi.engines.host.sender import Sender
from messageapi.engines.host.surroundings import Surroundings
from messageapi.engines.host.turns import Backoff
from messageapi.engines.port import (
    Alive,
    Connected,
    Disconnected,
    Ended,
    EngineError,
    EngineEvent,
    Limited,
    SessionSpec,
)
from messageapi.logs import log
from messageapi.vocab.clock import now_ms

_DOWN_LIMIT_S = 60.0  # by then the library's own attempts are half a minute apart and drift on
_LOOK_S = 5.0
_LAST_SEND_S = 1.5
_STATE = (Connected, Disconnected, Ended, Alive)
_OURS = (*_STATE, Limited)  # all else is caused by other people, who may do so without end
_GIVEN_UP = {"keepalive", "client_lost", "login_refused"}  # the library will not come back from these by itself
_ENDS = {"logged_out", "replaced", "banned", "client_outdated", "refused"}


class Keeper:
    """`report` and `replace` may come from any thread; the rest belongs to the event loop."""

    def __init__(self, around: Surroundings, ledger: Ledger) -> None:
        self._engine, self._turns, self._ledger = around.engine, around.turns, ledger
        self._may_send, self._give_up = around.may_send, around.give_up
        self._loop = asyncio.get_running_loop()
        self._look = asyncio.Event()
        self._closing = False
        self._replace = False
        self._came_up = False
        self._ended = False
        self._life = 0  # of the session whose word about the connection counts
        self._down_since: float | None = None  # until Connected
        self._told_down = False
        self._backoff = Backoff()
        self.session: Session | None = None
        self.sender: Sender | None = None

    async def run(self, spec: SessionSpec, folder: Path) -> None:
        """Until `close`, or until the number has ended at WhatsApp."""
        while not (self._closing or self._ended):
            if await self._opened(spec, folder):
                await self._watched()
                if self._replace and self._down_since is None:
                    self._report_now(Disconnected(now_ms(), "no_answer"))
                await self._let_go()
            if self._closing or self._ended:
                return
            if not self._came_up:
                await self._pause()
            await self._turns.budget()

    def close(self) -> None:
        self._closing = True
        self._look.set()

    def replace(self) -> None:
        """The session hangs: a new client on the same store is the only way out."""
        self._replace = True
        self._loop.call_soon_threadsafe(self._look.set)

    async def unlink(self) -> None:
        session = self.session
        if session is None or not session.connected:
            raise EngineError("not_connected", "The number is not connected to WhatsApp.", permanent=False)
        if self.sender:
            self.sender.close("session_closed")
        async with self._turns.one():
            await session.unlink()

    async def _opened(self, spec: SessionSpec, folder: Path) -> bool:
        self._life += 1
        self._replace = self._came_up = False
        self._down_since = self._down_since or time.monotonic()
        life = self._life
        try:
            async with self._turns.one():
                if self._closing:
                    return False
                session = await self._engine.open(spec, str(folder), lambda event: self._report(life, event))
        except EngineError as problem:
            self._not_opened(problem)
            return False
        except Exception as problem:  # noqa: BLE001 - whatever it is, this number is tried again
            self._not_opened(EngineError(type(problem).__name__, "The engine failed.", permanent=False))
            return False
        self.session = session
        self.sender = Sender(session, self._ledger, lambda: session.connected and self._may_send())
        return True

    def _not_opened(self, problem: EngineError) -> None:
        at = now_ms()
        log("engine-host").warning("session_not_opened", code=problem.code, permanent=problem.permanent)
        if problem.permanent and problem.code in _ENDS:
            self._ended = True
            self._report_now(Ended(at, problem.code, problem.detail))  # type: ignore[arg-type] # one of the codes
        elif not self._told_down:
            self._told_down = True
            self._report_now(Disconnected(at, "network"))

    async def _watched(self) -> None:
        """Until the session must go."""
        limit = _DOWN_LIMIT_S * random.uniform(1.0, 1.5)  # noqa: S311 - spreads a fleet, guards nothing
        while not (self._closing or self._ended or self._replace):
            if self._down_since is not None and time.monotonic() - self._down_since > limit:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), _LOOK_S)
            self._look.clear()

    async def _let_go(self) -> None:
        session, sender = self.session, self.sender
        self.session = self.sender = None
        self._life += 1
        if sender is not None:
            sender.close("session_closed" if self._closing else "session_restarted")
            if not self._replace:
                await _idle_soon(sender)
        if session is not None:
            await self._closed(session)
        if sender is not None:
            if not self._replace:
                await _idle_soon(sender)  # the library lets go of a send when its client stops
            sender.abandon()

    async def _closed(self, session: Session) -> None:
        try:
            async with self._turns.one():
                await session.close()
        except TimeoutError:
            log("engine-host").critical("session_not_stopped")
            self._give_up()  # a process whose library does not let go is replaced

    async def _pause(self) -> None:
        self._look.clear()
        if self._closing or self._ended:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._look.wait(), self._backoff.next())

    def _report(self, life: int, event: EngineEvent) -> None:
        """From an engine's thread. A session that was replaced still brings messages, but no word on the connection."""
        current = life == self._life
        if isinstance(event, _STATE) and not current:
            return
        if not isinstance(event, _OURS):
            self._ledger.wait_for_room()
        with suppress(JournalError):  # closed: the folder belongs to the next host
            self._ledger.report(event)
        if isinstance(event, Connected):
            self._down_since, self._told_down, self._came_up = None, False, True
            self._backoff.reset()
        elif isinstance(event, Disconnected):
            self._down_since = self._down_since or time.monotonic()
            if event.code in _GIVEN_UP:
                self.replace()
        elif isinstance(event, Ended):
            self._ended = True
            self._loop.call_soon_threadsafe(self._look.set)

    def _report_now(self, event: EngineEvent) -> None:
        with suppress(JournalError):
            self._ledger.report_now(event)


async def _idle_soon(sender: Sender) -> None:
    for _ in range(int(_LAST_SEND_S / 0.02)):
        if sender.idle:
            return
        await asyncio.sleep(0.02)
