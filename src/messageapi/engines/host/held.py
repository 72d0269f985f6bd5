"""One number in this process: its folder, its journal, its connection and the hand-over of its events."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from messageapi.engines.host.folder import Folder
from messageapi.engines.host.handover import Line
from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.journal.ledger import Ledger
from messageapi.engines.host.keeper import Keeper
from messageapi.engines.host.surroundings import Surroundings
from messageapi.engines.port import NotSent, SendJob, SessionSpec
from messageapi.logs import log
from messageapi.vocab.clock import now_ms

_LAST_EVENTS_S = 2.0


class Held:
    """Made by `take_up`; `let_go` leaves the folder to the next host."""

    def __init__(self, spec: SessionSpec, folder: Folder, around: Surroundings) -> None:
        self.spec = spec
        self._folder, self._around = folder, around
        self._line = Line(spec.number_id, lambda: self.spec.epoch, self._backlog)
        self.ledger = Ledger(
            folder.path / "journal",
            spec.journal_key,
            spec.number_id,
            lambda event: around.handover.note(self._line, event),
        )
        self.keeper = Keeper(around, self.ledger)
        self._keeping: asyncio.Task[None] | None = None

    @classmethod
    def take_up(cls, spec: SessionSpec, path: Path, around: Surroundings) -> "Held":
        """Raise FolderError or JournalError; a folder that cannot be used is not kept locked."""
        folder = Folder.hold(path)
        try:
            held = cls(spec, folder, around)
            left = held.ledger.settle_leftovers()
        except BaseException:
            folder.release()
            raise
        if left or held.ledger.torn:
            log("engine-host").info("journal_recovered", number=spec.number_id, jobs=left, torn=held.ledger.torn)
        held._start()
        return held

    @property
    def connected(self) -> bool:
        session = self.keeper.session
        return session is not None and session.connected

    def submit(self, jobs: Sequence[SendJob], deadline_s: float, seen: int) -> None:
        """Write the jobs down and queue them. Raise JournalError when the disk refuses."""
        sender = self.keeper.sender
        new = self.ledger.accept(jobs)
        if sender is not None:
            sender.submit(new, deadline_s, seen)
        else:
            for job in new:
                detail = "The number is not connected; the message waits."
                self.ledger.report_now(
                    NotSent(job.message_id, job.attempt, "not_connected", detail, permanent=False, at=now_ms())
                )

    async def let_go(self, last_events_s: float = _LAST_EVENTS_S) -> None:
        """Stop the session, offer the last events to a worker, then free the folder."""
        self.keeper.close()
        if self._keeping:
            await self._keeping
        await self._around.handover.drained(self._line, last_events_s)
        self._around.handover.remove(self._line)
        self._around.syncing.remove(self.ledger)
        with suppress(JournalError, OSError):
            self.ledger.close()
        self._folder.release()

    def _start(self) -> None:
        self._around.syncing.add(self.ledger)
        self._around.handover.add(self._line, self.ledger)
        self._keeping = asyncio.create_task(self.keeper.run(self.spec, self._folder.path))

    def _backlog(self) -> bool:
        return bool(self.keeper.sender and self.keeper.sender.backlog)
