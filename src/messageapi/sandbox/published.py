"""Where a running network can be reached: `sandbox.json` in its data folder, there only while everything listens."""

import os
import tempfile
from pathlib import Path

import msgspec

from messageapi.sandbox.errors import SandboxError

ADDRESSES_FILE = "sandbox.json"


class Published(msgspec.Struct, rename="camel", frozen=True):
    front: str  # the CONNECT proxy for clients that take one
    direct: str  # the WebSocket address for clients that can be given one
    control: str
    token: str  # for the control interface
    ca: str  # file with the certificate that TLS has to trust
    root_key: str  # hex; what Noise has to trust
    pid: int

    def __repr__(self) -> str:
        return f"Published(control={self.control!r}, pid={self.pid})"


def read(folder: Path) -> Published:
    try:
        return msgspec.json.decode((folder / ADDRESSES_FILE).read_bytes(), type=Published)
    except OSError:
        raise SandboxError("not_running", f"No sandbox network runs with {folder}. Start it first.") from None
    except msgspec.DecodeError:
        raise SandboxError("damaged", f"{ADDRESSES_FILE} in {folder} is damaged. Restart the network.") from None


def write_private(path: Path, data: bytes) -> None:
    """Replace the file in one step, readable by its owner only."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:  # created with mode 0600
        try:
            file.write(data)
            file.flush()
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink()
            raise


def append_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(data)
