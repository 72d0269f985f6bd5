"""A number's session folder: its owner's alone, and held by one process at a time."""

import fcntl
import os
from pathlib import Path


class FolderError(Exception):
    """The folder cannot be used; the sentence says why."""


class Folder:
    """Held by an flock from `hold` to `release`; the kernel lets go when the process ends, however it ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def hold(cls, path: Path) -> "Folder":
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
            descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise FolderError(f"the session folder cannot be opened: {problem.strerror}") from problem
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise FolderError("another engine host still holds the session folder") from None
        return cls(path, descriptor)

    def release(self) -> None:
        os.close(self._descriptor)
