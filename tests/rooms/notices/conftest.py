"""Doors on a fresh database of each kind, with a mail door that keeps what it gets."""

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
    any_database: Database, bus: MemoryBus, vault: Vault, clock: Callable[[], int], tmp_path: Path
) -> Doors:
    settings = Settings(data=str(tmp_path / "data"), public_url="https://example.com")
    keyring, blobs = AccountKeyring(any_database, vault), FolderBlobs(tmp_path / "blobs")
    bells = Bells(bus, remote=False)
    return Doors(settings, any_database, bus, bells, vault, clock, keyring, blobs, Outside(Rules()))
