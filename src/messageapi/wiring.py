"""The only place that opens doors: database, vault, bus, bells, files, the way out, in order; closed the other way
round.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.opening import FOLDER, open_blobs
from messageapi.bus.bells import Bells
from messageapi.bus.nats import connect
from messageapi.bus.server import NatsServer
from messageapi.bus.subjects import BELL_EVENTS
from messageapi.errors import DoorError
from messageapi.mail.opening import FOLDER as MAIL
from messageapi.mail.opening import open_mail
from messageapi.operator import rows as operator_rows
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.vault import Vault
from messageapi.vocab.clock import Clock, now_ms
from messageapi.web.doors import Doors

MASTER_KEY = "master.key"
SESSIONS = "sessions"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Open doors. `bus_url` is a secret: it goes to children through stdin."""

    doors: Doors
    bus_url: str = field(repr=False)


@contextlib.asynccontextmanager
async def open_runtime(settings: Settings, clock: Clock = now_ms) -> AsyncIterator[Runtime]:
    """Raise DoorError with a sentence for people when something is missing, damaged or held by another process."""
    async with contextlib.AsyncExitStack() as stack:
        folder = prepare_folder(settings.data_folder)
        db = await Database.open(settings.database_url, folder=folder)  # also the lock against a second server
        stack.push_async_callback(db.close)
        vault = await _open_vault(settings, db)
        bus_url = settings.nats_url or await _start_server(stack, folder)
        bus = await connect(bus_url)
        stack.push_async_callback(bus.close)
        bells = Bells(bus, remote=bool(settings.nats_url))
        stack.push_async_callback(bells.close)
        db.writer.on_events = lambda account_id: bells.ring(BELL_EVENTS, account_id)
        blobs = open_blobs(settings.blobs_url, folder / FOLDER)
        stack.push_async_callback(blobs.close)
        outside = Outside(_rules(settings))
        stack.push_async_callback(outside.close)
        mail = open_mail(settings.mail_url, settings.mail_from, folder / MAIL)
        stack.push_async_callback(mail.close)
        keyring = AccountKeyring(db, vault)
        yield Runtime(Doors(settings, db, bus, bells, vault, clock, keyring, blobs, outside, mail), bus_url)


def _rules(settings: Settings) -> Rules:
    try:
        return Rules.read(settings.fetch_ports, settings.allowed_networks)
    except ValueError:
        raise DoorError(
            "bad_setting",
            "MESSAGEAPI_FETCH_PORTS is a list such as 80,443, MESSAGEAPI_ALLOWED_NETWORKS one such as 127.0.0.0/8. "
            "Correct them.",
            permanent=True,
        ) from None


def prepare_folder(folder: Path) -> Path:
    """Make the data folder, or make an existing one its owner's alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / SESSIONS).mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        detail = f"The data folder {folder} cannot be used: {problem.strerror}. Choose another with MESSAGEAPI_DATA."
        raise DoorError("not_writable", detail, permanent=True) from None
    return folder


async def _open_vault(settings: Settings, db: Database) -> Vault:
    """A new master key is made only while there is nothing yet that another one sealed."""
    async with db.reading() as tx:
        fresh = not await operator_rows.accounts_after(tx, 1)
    return Vault.open(_master_key(settings), create=fresh)


def _master_key(settings: Settings) -> Path:
    named = settings.master_key_file
    return Path(named).expanduser() if named else settings.data_folder / MASTER_KEY


async def _start_server(stack: contextlib.AsyncExitStack, folder: Path) -> str:
    server = NatsServer()
    url = await server.start(folder)
    stack.push_async_callback(server.stop)
    return url
