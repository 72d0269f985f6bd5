"""A message's life: what should become of it, and the product on twins to compare with, moved one step at a time."""

import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from sqlalchemy import select, update

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.engines.port import NotSent, Receipt, Sent, Unconfirmed
from messageapi.messages.states import NEXT
from messageapi.messages.unanswered.resend import resend
from messageapi.messages.unanswered.stuck import find_stuck
from messageapi.numbers.create import create
from messageapi.numbers.pause import pause, resume
from messageapi.outside.door import Outside, Rules
from messageapi.settings import Settings
from messageapi.store.db import FILE, Database
from messageapi.store.tables import bodies, messages, numbers, outbox, placements
from messageapi.store.vault import Vault
from messageapi.vocab.caller import operator_for
from messageapi.web.doors import Doors
from messageapi.workers.inbox import Inbox
from messageapi.workers.pace import Pace
from messageapi.workers.sending.courier import Courier
from messageapi.workers.sending.lane import Lane
from messageapi.workers.timetable import Timetable

START = 1_795_348_800_000
CHATS = {"a": "+12025550123", "b": "+12025550124"}
ORDER = ("sent", "delivered", "read")


class Wish(msgspec.Struct, frozen=True):
    """What its sender wants of a message. `wait_s`: until it is to be sent; `last_s`: for so long after that it may."""

    chat: str
    resends: bool = False
    priority: str = "normal"
    wait_s: int = 0
    last_s: int | None = None


class Known(msgspec.Struct):
    """A message as the model has it. `left`: attempts that really reached the network."""

    id: str
    place: int
    wish: Wish
    send_at: int | None = None
    expires_at: int | None = None
    status: str = "accepted"
    attempt: int = 0
    resent: bool = False
    left: list[int] = []

    @property
    def resends(self) -> bool:
        return self.wish.resends

    @property
    def chain(self) -> tuple[str, str]:
        return self.wish.chat, self.wish.priority

    def over(self, now: int) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def has_its_time(self, now: int) -> None:
        """What expires while it waits ends first; then what is due waits for its turn."""
        if self.status in ("scheduled", "accepted") and self.over(now):
            self.status = "unconfirmed" if self.resent else "expired"
        if self.status == "scheduled" and self.send_at is not None and self.send_at <= now:
            self.status = "accepted"


def later(status: str) -> set[str]:
    """All that a status may ever become."""
    found, open_ends = {status}, [status]
    while open_ends:
        fresh = set(NEXT[open_ends.pop()]) - found  # type: ignore[index]
        found |= fresh
        open_ends += fresh
    return found


LATER: dict[str, set[str]] = {status: later(status) for status in NEXT}


class Model:
    """What should be known after the events that were taken in, in their order."""

    def __init__(self) -> None:
        self.by_id: dict[str, Known] = {}
        self.names: dict[str, str] = {}
        self.early: dict[str, list[str]] = {}

    def take(self, event: Any) -> None:
        match event:
            case Receipt():
                self._receipt(event.wa_ids[0], event.kind)
            case Sent():
                self._sent(event)
            case _:
                self._other(event)

    def _sent(self, event: Sent) -> None:
        one = self.by_id[event.message_id]
        if one.status in ("accepted", "sending", "unconfirmed") and event.attempt <= one.attempt:
            one.status = "sent"
            self._name(event.wa_id, one)
        elif one.resent and event.wa_id not in self.names and one.status in ORDER:
            self._name(event.wa_id, one)

    def _other(self, event: NotSent | Unconfirmed) -> None:
        one = self.by_id[event.message_id]
        if one.status != "sending" or event.attempt != one.attempt:
            return
        if isinstance(event, Unconfirmed):
            one.status = "unconfirmed"
            if event.wa_id:
                self._name(event.wa_id, one)
        elif event.permanent:
            one.status = "unconfirmed" if one.resent else "expired" if event.code == "expired" else "failed"
        else:
            one.status = "accepted"

    def _name(self, wa_id: str, one: Known) -> None:
        self.names[wa_id] = one.id
        for kind in self.early.pop(wa_id, []):
            self._receipt(wa_id, kind)

    def _receipt(self, wa_id: str, kind: str) -> None:
        if wa_id not in self.names:
            self.early.setdefault(wa_id, []).append(kind)
            return
        one = self.by_id[self.names[wa_id]]
        reached = "read" if kind != "delivered" else "delivered"
        if one.status not in ("failed", "canceled", "expired") and reached in LATER[one.status]:
            one.status = reached


class World:
    """The product on twins, moved step by step."""

    def __init__(self, simulator: ModuleType, template: Path) -> None:
        self.simulator, self.now = simulator, START
        self.folder = Path(tempfile.mkdtemp(prefix="messageapi-life-", dir=template.parent))
        self.template, self.epoch, self.hosts = template, 1, 0
        self.inbox: Inbox | None = None

    async def open(self) -> None:
        (self.folder / "data").mkdir(mode=0o700)
        shutil.copy(self.template, self.folder / "data" / FILE)
        self.db = await Database.open("", folder=self.folder / "data")
        self.bus = MemoryBus()
        vault = Vault.open(self.folder / "master.key")
        options = Settings(data=str(self.folder / "data"))
        bells, keyring = Bells(self.bus, remote=False), AccountKeyring(self.db, vault)
        blobs = FolderBlobs(self.folder / "blobs")
        clock = lambda: self.now  # noqa: E731
        self.doors = Doors(options, self.db, self.bus, bells, vault, clock, keyring, blobs, Outside(Rules()))
        self.alice = operator_for(await create_account(self.doors, name="Alice", email="alice@example.com"))
        self.number = (await create(self.doors, self.alice, name="shop", network="sandbox")).id
        linked = {"state": "connected", "phone": "+12025550100", "jid": "12025550100:1@s.whatsapp.net"}
        await self._write(update(numbers).values(**linked))
        self.host: Any = None
        await self.new_host()
        await self.new_worker()

    async def close(self) -> None:
        if self.inbox:
            await self.inbox.stop()
        await self.host.stop()
        await self.bus.close()
        await self.db.close()
        shutil.rmtree(self.folder)

    async def _write(self, statement: Any) -> None:
        await self.db.writer.run(lambda tx: tx.execute(statement))

    async def new_worker(self) -> None:
        if self.inbox:
            await self.inbox.stop()
        self.inbox = Inbox(self.doors)
        self.inbox._receipts = Pace(0)
        await self.inbox.start()
        self.lane = Lane(self.doors, Courier(self.bus), self.number, Pace(0))

    async def new_host(self) -> None:
        """The journal stays, and what was taken in; the process, its name and its epoch are new."""
        old, self.hosts, self.epoch = self.host, self.hosts + 1, self.epoch + 1
        self.host = await self.simulator.ScriptedHost(self.bus, f"host_{self.hosts}").start()
        self.host.hold = True
        if old:
            await old.stop()
            self.host.journals[self.number] = old.journals[self.number]
        self.host.epochs[self.number] = self.epoch
        await self._write(update(placements).values(wanted=True, host_id=self.host.id, epoch=self.epoch))

    async def pause(self, *, paused: bool) -> None:
        await (pause if paused else resume)(self.doors, self.alice, self.number)

    async def time_passes(self) -> None:
        """All that is done by the clock."""
        await Timetable(self.doors).turn()
        await find_stuck(self.doors)
        await resend(self.doors)

    @property
    def journal(self) -> Any:
        return self.host.journals[self.number]

    @property
    def unreported(self) -> bool:
        return bool(self.journal.taken < len(self.journal.events))

    async def turn(self) -> None:
        """Of the lane, and more where it asks for it. Reports are under way for less than it takes to give them up."""
        self.lane._reported.clear()
        for _ in range(3):
            self.lane._due = False
            await self.lane._turn()
            if self.lane._timer:
                self.lane._timer.cancel()
                self.lane._timer = None
            if not self.lane._due:
                return

    async def hand_over(self) -> list[Any]:
        """All that the host has to report; what of it was new."""
        first = (await self.db.read(lambda tx: tx.scalar(select(placements.c.taken_seq)))) or 0
        while self.journal.taken < len(self.journal.events):
            await self.host._hand_over(self.number, self.journal)
        return list(self.journal.events[first:])

    async def seen(self) -> tuple[list[Any], set[str], list[Any]]:
        """Messages, whose bodies there are, and events."""

        async def look(tx: Any) -> tuple[list[Any], set[str], list[Any]]:
            kept = {row.message_id for row in await tx.rows(select(bodies.c.message_id))}
            rows = await tx.rows(select(messages).order_by(messages.c.seq))
            return list(rows), kept, list(await tx.rows(select(outbox).order_by(outbox.c.seq)))

        return await self.db.read(look)
