"""The app on a real socket, served in a thread as the product serves it: for tools that bring their own client."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from messageapi.accounts.keyring import AccountKeyring
from messageapi.app import build_app
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.vault import Vault
from messageapi.vocab.clock import now_ms
from messageapi.web.doors import Doors
from messageapi.web.serving import server


@dataclass
class Served:
    """Where it listens, and a key with a number behind it."""

    url: str = ""
    key: str = ""
    stop: Any = None


async def _serve(folder: Path, make: ModuleType, served: Served, ready: threading.Event) -> None:
    vault, bus = Vault.open(folder / "master.key"), MemoryBus()
    database = await Database.open("", folder=folder)
    settings = Settings(data=str(folder), log_level="error", address_requests_per_minute=1_000_000)
    keyring = AccountKeyring(database, vault)
    bells, blobs = Bells(bus, remote=False), FolderBlobs(folder / "blobs")
    doors = Doors(settings, database, bus, bells, vault, now_ms, keyring, blobs, Outside(Rules()))
    owner = await make.make_account(doors, name="Alice")
    await make.make_number(doors, owner)
    served.key = (await make.make_key(doors, owner, in_link=True)).key
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        running, loop = server(build_app(doors), "127.0.0.1", 0), asyncio.get_running_loop()
        served.stop = lambda: loop.call_soon_threadsafe(setattr, running, "should_exit", True)
        ready.set()
        await running.serve(sockets=[listening])
    await database.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, make: ModuleType) -> Iterator[Served]:
    where, ready = Served(), threading.Event()
    work = _serve(tmp_path_factory.mktemp("served"), make, where, ready)
    thread = threading.Thread(target=asyncio.run, args=(work,), daemon=True)
    thread.start()
    assert ready.wait(60)
    yield where
    where.stop()
    thread.join(20)
    assert not thread.is_alive()
