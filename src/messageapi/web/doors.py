"""Everything a request may use of the outside world, in one frozen value that handlers receive as `doors`."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from messageapi.blobs.port import Blobs
from messageapi.bus.bells import Bells
from messageapi.bus.port import Bus
from messageapi.mail.memory import MemoryMail
from messageapi.mail.port import Mail
from messageapi.outside.door import Outside
from messageapi.settings import Settings
from messageapi.store.db import Database, Tx
from messageapi.store.vault import Sealer, Vault
from messageapi.vocab.clock import Clock

BATCHES_AT_ONCE = 4


class Keyring(Protocol):
    """Opens and seals what belongs to one account."""

    async def sealer(self, account_id: str, tx: Tx | None = None) -> Sealer:
        """Inside a transaction give it: work that the writer does may wait for nothing else."""
        ...

    async def sealers(self, account_ids: Iterable[str]) -> dict[str, Sealer]:
        """For work on many accounts at once: one whose key cannot be had is left out, and the others go on."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """Built once by the wiring; tests build it from twins."""

    settings: Settings
    db: Database
    bus: Bus
    bells: Bells
    vault: Vault
    clock: Clock
    keyring: Keyring
    blobs: Blobs
    outside: Outside
    mail: Mail = field(default_factory=MemoryMail)
    underway: set[tuple[str, bytes]] = field(default_factory=set)
    """Requests with an Idempotency-Key that run in this process, by account and place."""
    fetching: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Files of received messages that are on their way into this process's blob door, by message."""
    batches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BATCHES_AT_ONCE))
    """A batch counts as one piece of work to the writer, whatever is in it."""
