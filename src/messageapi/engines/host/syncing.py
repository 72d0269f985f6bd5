"""One thread that makes every number's journal safe against a power cut within 20 ms, and keeps the files small."""

import threading
import time

from messageapi.engines.host.journal import JournalError
from messageapi.engines.host.ledger import Ledger
from messageapi.logs import log

_EVERY_S = 0.02
_COMPACT_EVERY_S = 1.0


class Syncing:
    """Journals come and go with their numbers."""

    def __init__(self) -> None:
        self._ledgers: frozenset[Ledger] = frozenset()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._said = False
        threading.Thread(target=self._run, daemon=True, name="journal-sync").start()

    def add(self, ledger: Ledger) -> None:
        with self._lock:
            self._ledgers |= {ledger}

    def remove(self, ledger: Ledger) -> None:
        with self._lock:
            self._ledgers -= {ledger}

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        compacted = time.monotonic()
        while not self._stop.wait(_EVERY_S):
            compact = time.monotonic() - compacted > _COMPACT_EVERY_S
            compacted = time.monotonic() if compact else compacted
            for ledger in self._ledgers:
                self._tend(ledger, compact=compact)

    def _tend(self, ledger: Ledger, *, compact: bool) -> None:
        try:
            if compact:
                ledger.compact()
            if ledger.journal.unsynced:
                ledger.journal.sync()
        except (JournalError, OSError) as problem:
            if not self._said:
                log("engine-host").error("journal_not_synced", problem=str(problem))
            self._said = True
        else:
            self._said = False
