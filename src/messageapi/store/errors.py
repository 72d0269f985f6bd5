"""What can go wrong with a database, in plain words, whichever database it is."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from messageapi.errors import DoorError


class StoreError(DoorError):
    """Codes: overloaded, too_slow, closed, disk_full, io_failed, corrupt, unreachable, not_writable, locked_by_other,
    newer_schema, bad_url.
    """


HALTING = frozenset({"disk_full", "io_failed", "corrupt", "unreachable", "not_writable"})
"""After one of these nothing more is accepted until a probe wrote to the disk (never again after `corrupt`)."""

_SENTENCES = {
    "overloaded": "More work is waiting for the database than it can take. Try again in a moment.",
    "too_slow": "The work took longer than its deadline and was rolled back. Try again.",
    "closed": "The database is being closed. Try again when the server is back.",
    "disk_full": "The disk that holds the database is full. Free some space; work resumes by itself.",
    "io_failed": "The disk that holds the database failed. Check it; work resumes by itself when writing succeeds.",
    "corrupt": "The database file is damaged. Stop the server and restore the file from a backup.",
    "unreachable": "The database does not answer. Check that PostgreSQL runs and that the database URL is right.",
    "not_writable": "The database cannot be written. Check the owner and permissions of the data folder.",
    "locked_by_other": "Another process holds the database. Stop it, or wait until it is done.",
}
_PERMANENT = frozenset({"corrupt", "not_writable", "newer_schema", "bad_url"})

_SQLITE = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "io_failed",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_READONLY: "not_writable",
    sqlite3.SQLITE_CANTOPEN: "not_writable",
    sqlite3.SQLITE_PERM: "not_writable",
    sqlite3.SQLITE_BUSY: "locked_by_other",
    sqlite3.SQLITE_LOCKED: "locked_by_other",
    sqlite3.SQLITE_INTERRUPT: "too_slow",
}
_SQLSTATE = {
    "53100": "disk_full",
    "55P03": "overloaded",  # a lock was not to be had in time
    "57014": "too_slow",  # the statement's deadline passed
    "58030": "io_failed",
    "25006": "not_writable",  # the server is a standby
    "XX001": "corrupt",
    "XX002": "corrupt",
}
_SQLSTATE_CLASS = {"08": "unreachable", "57": "unreachable", "28": "unreachable", "53": "overloaded"}
_MUST_REPEAT = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the same work succeeds when run again


def store_error(code: str, sentence: str = "") -> StoreError:
    return StoreError(code, sentence or _SENTENCES[code], permanent=code in _PERMANENT)


def understood(problem: BaseException) -> StoreError | None:
    """The database's own trouble as a StoreError; None for everything else, such as a broken constraint.

    A bare OSError says nothing here: work may raise one of its own. Where we connect it means unreachable.
    """
    if isinstance(problem, StoreError):
        return problem
    code = _code(problem)
    return store_error(code) if code else None


def must_repeat(problem: BaseException) -> bool:
    return isinstance(problem, DBAPIError) and _sqlstate(problem.orig) in _MUST_REPEAT


def _code(problem: BaseException) -> str:
    if isinstance(problem, PoolTimeout):
        return "overloaded"
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
    if isinstance(problem, DBAPIError) and problem.connection_invalidated:
        return "unreachable"
    state = _sqlstate(cause)
    return _SQLSTATE.get(state) or _SQLSTATE_CLASS.get(state[:2], "")


def _sqlstate(cause: BaseException | None) -> str:
    return str(getattr(cause, "sqlstate", None) or "")
