"""A number's journal on disk: sealed records, appended by any thread, read by the next host that opens the folder.

A file has one writer in its life: opening a journal starts a new file, so a counter is a nonce that never repeats.
Frame: length (4), CRC-32 (4), AES-256-GCM record. A torn tail fails the CRC and is dropped, a wrong key fails the tag.
"""

import os
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"MAJ1"
_SALT = 32
_START = len(MAGIC) + _SALT
_FRAME = Struct("<II")


class JournalError(Exception):
    """The journal cannot be read or written; the text names no content."""


class Read:
    """What an earlier life left: its records, and how many bytes at the end were torn."""

    def __init__(self, records: list[bytes], torn: int) -> None:
        self.records = records
        self.torn = torn


def read(path: Path, key: bytes, about: str) -> Read:
    """Every whole record of the file, in order; nothing when there is none. Raise JournalError for a wrong key."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Read([], 0)
    if len(data) < _START or not data.startswith(MAGIC):
        return Read([], len(data))
    seal = _seal(key, data[len(MAGIC) : _START], about)
    records: list[bytes] = []
    at = _START
    while frame := _frame_at(data, at):
        records.append(_opened(seal, frame, len(records)))
        at += _FRAME.size + len(frame)
    return Read(records, len(data) - at)


def _frame_at(data: bytes, at: int) -> bytes | None:
    start = at + _FRAME.size
    if start > len(data):
        return None
    length, crc = _FRAME.unpack_from(data, at)
    frame = data[start : start + length]
    return frame if len(frame) == length and length and zlib.crc32(frame) == crc else None


def _opened(seal: AESGCM, frame: bytes, index: int) -> bytes:
    try:
        return seal.decrypt(index.to_bytes(12, "big"), frame, None)
    except InvalidTag:
        raise JournalError("the journal was sealed with another key") from None


def _seal(key: bytes, salt: bytes, about: str) -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"messageapi journal " + about.encode())
    return AESGCM(derived.derive(key))


class Journal:
    """The file being written. `append` is done when the operating system has the bytes: a killed host loses nothing."""

    def __init__(self, path: Path, key: bytes, about: str, first: Sequence[bytes]) -> None:
        self._path, self._key, self._about = path, key, about
        self._lock = threading.Lock()  # order of records
        self._file_lock = threading.Lock()  # the descriptor while it is synced, replaced or closed
        self._descriptor = -1
        self._broken = False
        self._start(first)

    def append(self, *records: bytes) -> None:
        """Write whole records at once. Raise JournalError when the disk refuses; only `restart` mends that."""
        with self._lock:
            if self._broken or self._descriptor < 0:
                raise JournalError("the journal is closed")
            self._size += self._write(self._descriptor, records)
            self.unsynced = True

    def restart(self, records: Sequence[bytes]) -> None:
        """Leave the file for a new one that holds only these; a crash in between leaves one of the two."""
        with self._lock, self._file_lock:
            self._start(records)

    def sync(self) -> None:
        """Wait until the disk has everything written so far. Called by the syncing thread."""
        with self._file_lock:
            if self._descriptor >= 0:
                self.unsynced = False
                os.fdatasync(self._descriptor)

    def close(self) -> None:
        self.sync()
        with self._lock, self._file_lock:
            self._swap(-1)

    @property
    def size(self) -> int:
        return self._size

    def _start(self, records: Sequence[bytes]) -> None:
        salt = os.urandom(_SALT)
        self._seal, self._index = _seal(self._key, salt, self._about), 0
        fresh = self._path.with_suffix(".new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._swap(descriptor)
            self._size = os.write(descriptor, MAGIC + salt) + self._write(descriptor, records)
            fresh.replace(self._path)
        except OSError as problem:
            self._broken = True
            raise JournalError(f"the journal cannot be written: {problem.strerror}") from problem
        self._broken, self.unsynced = False, True

    def _swap(self, descriptor: int) -> None:
        old, self._descriptor = self._descriptor, descriptor
        if old >= 0:
            os.close(old)

    def _write(self, descriptor: int, records: Sequence[bytes]) -> int:
        frames = bytearray()
        for record in records:
            frame = self._seal.encrypt(self._index.to_bytes(12, "big"), record, None)
            self._index += 1
            frames += _FRAME.pack(len(frame), zlib.crc32(frame))
            frames += frame
        self._broken = True  # until every byte is there: after half a record nothing more can be read
        try:
            done = os.write(descriptor, frames)
        except OSError as problem:
            raise JournalError(f"the journal cannot be written: {problem.strerror}") from problem
        if done != len(frames):
            raise JournalError("the journal cannot be written: the disk is full")
        self._broken = False
        return done
