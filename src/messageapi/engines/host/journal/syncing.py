"""Makes every number's journal safe against a power cut, within 20 ms while the disk keeps up, and keeps files small.

Files synced side by side share one commit of the file system. It gets at most a quarter of the disk's time: the
database's own commits wait in the same queue.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from messageapi.engines.host.journal.file import JournalError
from messageapi.engines.host.journal.ledger import Ledger
from messageapi.logs import log

_EVERY_S = 0.02
_REST = 3  # times as long as the last round took
_SIDE_BY_SIDE = 8
_COMPACT_EVERY_S = 1.0


class Syncing:
    """Journals come and go with their numbers."""

    def __init__(self) -> None:
        self._ledgers: frozenset[Ledger] = frozenset()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._said = False
        self._pool = ThreadPoolExecutor(_SIDE_BY_SIDE, "journal-sync")
        threading.Thread(target=self._run, daemon=True, name="journal-syncs").start()

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
        pause = _EVERY_S
        while not self._stop.wait(pause):
            began = time.monotonic()
            if began - compacted > _COMPACT_EVERY_S:
                compacted = began
                self._each(Ledger.compact, list(self._ledgers))
            self._each(_sync, [ledger for ledger in self._ledgers if ledger.journal.unsynced])
            pause = max(_EVERY_S, _REST * (time.monotonic() - began))
        self._pool.shutdown(wait=False)

    def _each(self, verb: Callable[[Ledger], None], ledgers: list[Ledger]) -> None:
        tasks = [self._pool.submit(verb, ledger) for ledger in ledgers]
        problems = [problem for task in tasks if isinstance(problem := task.exception(), JournalError | OSError)]
        if problems and not self._said:
            log("engine-host").error("journal_not_synced", problem=str(problems[0]))
        self._said = bool(problems)


def _sync(ledger: Ledger) -> None:
    ledger.journal.sync()
