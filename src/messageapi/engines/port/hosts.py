"""What hosts and their supervisor report about themselves."""

from typing import Literal

import msgspec

from messageapi.engines.port.values import Network


class HostBeat(msgspec.Struct, frozen=True):
    """Every 2 s. `sessions` lists (number, epoch) held right now: the placer compares it with what should be."""

    host_id: str
    network: Network
    kind: Literal["engine", "pairing"]
    capacity: int
    sessions: list[tuple[str, int]]
    pid: int
    at: int
    stopping: bool = False


class HostGone(msgspec.Struct, frozen=True):
    """A host process has ended. `code`: exited, not_ready, library_unusable (no host can run until that is mended)."""

    host_id: str
    network: Network
    code: str
