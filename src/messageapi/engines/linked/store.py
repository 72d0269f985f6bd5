"""The SQLite file in which the library keeps one linked device: its name with options, and a look inside beforehand.

Only the library may have it open: two copies of SQLite in one process drop each other's file locks. So the look is
taken before the library opens the file for the first time, and by another process after that.
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
_SCRIPT = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], uri=True).execute(sys.argv[2], sys.argv[3:]).fetchone()[0])
"""
_LOOK_S = 10.0

_opened: set[Path] = set()


def data_source(folder: Path) -> str:
    """What neonize is given as the database's name. From here on only the library may open it."""
    path = folder / _FILE
    _opened.add(path)
    return quote(str(path)) + _OPTIONS


def holds_device(folder: Path, jid: str) -> bool:
    """Opening a device that is not there would end the process."""
    path = folder / _FILE
    if not path.exists():
        return False
    try:
        return _asked_elsewhere(path, jid) if path in _opened else _asked(path, jid)
    except (sqlite3.Error, subprocess.SubprocessError, ValueError):
        return False


def settle(folder: Path) -> bool:
    """Everything in the one file, checked and on the disk. For a process that will not open it again."""
    try:
        with closing(sqlite3.connect(_uri(folder / _FILE), uri=True)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sound: bool = database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            return sound
    except sqlite3.Error:
        return False


def forget(folder: Path) -> None:
    """Delete the credentials."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        (folder / f"{_FILE}{suffix}").unlink(missing_ok=True)


def _asked(path: Path, jid: str) -> bool:
    with closing(sqlite3.connect(_uri(path), uri=True)) as database:
        found: int = database.execute(_ASK, (jid,)).fetchone()[0]
    return found > 0


def _asked_elsewhere(path: Path, jid: str) -> bool:
    command = [sys.executable, "-I", "-S", "-c", _SCRIPT, _uri(path), _ASK, jid]
    said = subprocess.run(command, check=True, capture_output=True, timeout=_LOOK_S).stdout
    return int(said) > 0


def _uri(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=rw"
