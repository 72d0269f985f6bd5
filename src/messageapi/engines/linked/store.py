"""The SQLite file in which the library keeps one linked device: its name with options, and a look inside beforehand.

Only the library may have it open: two copies of SQLite in one process do not see each other's file locks, and the
second one truncates a mapped file under the first. So we look before the library opens it, or from another process.
"""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

_FILE = "whatsapp.db"
# neonize appends `?_foreign_keys=on`, which becomes the value of x
_OPTIONS = "?_foreign_keys=on&_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=5000&x="
_ASK = "SELECT count(*) FROM whatsmeow_device WHERE jid = ?"
_ASK_ELSEWHERE = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], uri=True).execute(sys.argv[2], sys.argv[3:]).fetchone()[0])
"""
_SETTLE_ELSEWHERE = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], uri=True, timeout=10)
database.execute("PRAGMA wal_checkpoint(FULL)")
print(database.execute("PRAGMA quick_check").fetchone()[0])
"""
_LOOK_S = 10.0
_BUSY_S = 5.0

_opened: set[Path] = set()


class StoreUnreadableError(Exception):
    """Not now: it is locked, or the machine is too busy."""


def data_source(folder: Path) -> str:
    """What neonize is given as the database's name. From here on only the library may open it."""
    path = folder / _FILE
    _opened.add(path)
    return quote(str(path)) + _OPTIONS


def holds_device(folder: Path, jid: str) -> bool:
    """Opening a device that is not there would end the process. Raise StoreUnreadableError when nobody can tell."""
    path = folder / _FILE
    if not path.exists():
        return False
    try:
        return _asked_elsewhere(path, jid) if path in _opened else _asked(path, jid)
    except sqlite3.OperationalError as problem:
        if "no such table" in str(problem):
            return False
        raise StoreUnreadableError(str(problem)) from problem
    except (subprocess.SubprocessError, ValueError) as problem:
        raise StoreUnreadableError(type(problem).__name__) from problem
    except sqlite3.DatabaseError:
        return False  # damaged beyond reading


def settle(folder: Path) -> bool:
    """The newest changes in the file itself and on the disk, and the file sound."""
    try:
        return _elsewhere(_SETTLE_ELSEWHERE, _uri(folder / _FILE)) == "ok"
    except subprocess.SubprocessError:
        return False


def forget(folder: Path) -> None:
    """Delete the credentials."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        (folder / f"{_FILE}{suffix}").unlink(missing_ok=True)


def _asked(path: Path, jid: str) -> bool:
    with closing(sqlite3.connect(_uri(path), uri=True, timeout=_BUSY_S)) as database:
        found: int = database.execute(_ASK, (jid,)).fetchone()[0]
    return found > 0


def _asked_elsewhere(path: Path, jid: str) -> bool:
    return int(_elsewhere(_ASK_ELSEWHERE, _uri(path), _ASK, jid)) > 0


def _elsewhere(script: str, *arguments: str) -> str:
    command = [sys.executable, "-I", "-S", "-c", script, *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=_LOOK_S, text=True).stdout.strip()


def _uri(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=rw"
