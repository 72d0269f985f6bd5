"""The SQLite file: the lock that keeps it to one process, the look for damage, and its write-ahead log."""

import contextlib
import fcntl
import os
import sqlite3
import tempfile
import time
from pathlib import Path

from messageapi.logs import log
from messageapi.store.errors import store_error, understood

Error = sqlite3.Error
INTEGRITY_BUDGET_S = 2.0


class FileLock:
    """flock on <folder>/messageapi.lock: one process writes a SQLite file. The lock dies with the process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "messageapi.lock"
        self._handle = -1

    def take(self) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise store_error(
                "locked_by_other",
                f"Another process (id {owner}) uses the data folder {self._path.parent}. "
                "Stop it, or choose another folder.",
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle

    def release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def prepare(path: Path) -> FileLock:
    """Make folder and file (owner only), take the lock, and look for damage. Raises StoreError in plain words."""
    lock = FileLock(path.parent)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.take()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        _examine(path)
    except OSError as problem:
        lock.release()
        raise store_error(
            "not_writable",
            f"{path.parent} cannot be used for the database ({problem.strerror}). Give this user write access to it, "
            "or set MESSAGEAPI_DATA to another folder.",
        ) from None
    except BaseException:
        lock.release()
        raise
    return lock


def _examine(path: Path) -> None:
    """Integrity check, at most INTEGRITY_BUDGET_S: a large file is looked at for as long as a start may take."""
    deadline = time.monotonic() + INTEGRITY_BUDGET_S
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as problem:
        if getattr(problem, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            log("store").info("integrity_check_not_finished", seconds=INTEGRITY_BUDGET_S)
            return
        raise (_damaged(path, str(problem)) if _is_damage(problem) else understood(problem) or problem) from None
    if verdict != "ok":
        raise _damaged(path, "integrity check failed")


def _is_damage(problem: sqlite3.Error) -> bool:
    return (getattr(problem, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damaged(path: Path, what: str) -> Exception:
    return store_error(
        "corrupt", f"The database {path} is damaged ({what}). Restore it from a backup, or move it away to start empty."
    )


def wal_bytes(path: Path) -> int:
    """Of what is not in the file alone yet."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def truncate_wal(path: Path) -> bool:
    """Copy the WAL into the file and empty it. False when readers held it: the next round tries again."""
    if not wal_bytes(path):
        return True
    with contextlib.closing(sqlite3.connect(path, timeout=0.1, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        for _bulk_then_what_came_meanwhile in range(2):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # while the writer goes on
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def probe_disk(folder: Path) -> None:
    """Raises OSError when a megabyte cannot be written and synced."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as file:
        file.write(bytes(1 << 20))
        file.flush()
        os.fsync(file.fileno())
