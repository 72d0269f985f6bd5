"""A worker that delivers, as a process that can be killed. Arguments: the data folder, the master key."""

import asyncio
import sys
from pathlib import Path

from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.outside.addresses import networks
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.vault import Vault
from messageapi.vocab.clock import now_ms
from messageapi.web.doors import Doors
from messageapi.workers.deliveries import Deliveries


async def main(folder: Path, key: Path, port: int) -> None:
    database, bus, vault = await Database.open("", folder=folder), MemoryBus(), Vault.open(key)
    keyring, blobs = AccountKeyring(database, vault), FolderBlobs(folder / "blobs")
    outside = Outside(Rules(ports=frozenset({port}), private=networks("127.0.0.0/8")))
    bells = Bells(bus, remote=False)
    doors = Doors(Settings(), database, bus, bells, vault, now_ms, keyring, blobs, outside)
    await Deliveries(doors).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
