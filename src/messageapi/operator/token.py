"""The operator's credential: new at every start, left in the data folder for its owner alone."""

import contextlib
import hmac
import json
import os
import secrets
import tempfile
from pathlib import Path

FILE = "operator.json"


class OperatorToken:
    """A random secret that opens /operator/v1 until the server ends."""

    def __init__(self) -> None:
        self._secret = secrets.token_urlsafe(32)

    def opens(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._secret.encode())

    def leave(self, folder: Path, url: str) -> None:
        """Write the address and the secret where the command line looks for them. Raise OSError."""
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{FILE}.")  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"url": url, "token": self._secret}, file)
        Path(name).replace(folder / FILE)

    @staticmethod
    def remove(folder: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            (folder / FILE).unlink()
