"""A process to be killed: sends under the keys k0, k1, ... from many callers and prints each answer once it is given.

Run again it goes through the same keys from the start.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.idempotency.once import Asked, only_once
from messageapi.messages.accepting.accept import answer_of
from messageapi.messages.accepting.send import Keyed, send
from messageapi.messages.content.requests import TextMessage
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.vault import Vault
from messageapi.vocab.caller import operator_for
from messageapi.vocab.clock import now_ms
from messageapi.web.doors import Doors
from messageapi.web.replay import Replay

CALLERS = 16


async def caller(doors: Doors, account_id: str, place: int) -> None:
    who = operator_for(account_id)
    for number in itertools.count(place, CALLERS):
        wish = TextMessage(to="+12025550123", text=f"message {number}")
        try:
            async with only_once(doors, who, Asked("POST /test", f"k{number}", wish)) as run:
                assert run.once
                body, again = answer_of(await send(doors, who, wish, Keyed(run.once))).body, "new"
        except Replay as replay:
            body, again = replay.kept.body, "replayed"
        os.write(1, f"{number} {again} {body.decode()}\n".encode())  # not buffered: what is printed was answered


async def main(url: str, master_key: str, account_id: str) -> None:
    database, bus, vault = await Database.open(url), MemoryBus(), Vault.open(Path(master_key))
    bells, keyring = Bells(bus, remote=False), AccountKeyring(database, vault)
    blobs = FolderBlobs(Path(master_key).parent / "blobs")
    doors = Doors(Settings(), database, bus, bells, vault, now_ms, keyring, blobs, Outside(Rules()))
    await asyncio.gather(*(caller(doors, account_id, place) for place in range(CALLERS)))


asyncio.run(main(*sys.argv[1:]))
