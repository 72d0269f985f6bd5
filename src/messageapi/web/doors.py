"""Everything a request may use of the outside world, in one frozen value that handlers receive as `doors`."""

from dataclasses import dataclass
from typing import Protocol

from messageapi.bus.bells import Bells
from messageapi.bus.port import Bus
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.vault import Sealer, Vault
from messageapi.vocab.clock import Clock


class Keyring(Protocol):
    """Opens and seals what belongs to one account."""

    async def sealer(self, account_id: str) -> Sealer: ...


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
