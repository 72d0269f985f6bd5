"""Doors onto a fresh database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.vault import Vault
from messageapi.web.doors import Doors


@pytest.fixture
async def doors(
    tmp_path: Path, any_database: Database, bus: MemoryBus, vault: Vault, clock: Callable[[], int]
) -> Doors:
    """Runs once on each kind of database."""
    keyring = AccountKeyring(any_database, vault, capacity=2)
    settings, blobs = Settings(data=str(tmp_path)), FolderBlobs(tmp_path / "blobs")
    bells = Bells(bus, remote=False)
    return Doors(settings, any_database, bus, bells, vault, clock, keyring, blobs, Outside(Rules()))
