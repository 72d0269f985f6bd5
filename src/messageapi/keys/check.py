"""Who holds this key? Remembered for under a second, asked of the database once however many requests wait for it."""

import asyncio
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from messageapi.bus.subjects import BELL_KEYS
from messageapi.errors import Problem
from messageapi.keys import rows
from messageapi.keys.format import parse
from messageapi.keys.reach import within
from messageapi.keys.rows import KnownKey
from messageapi.keys.use import Uses
from messageapi.outside.addresses import Address
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

REMEMBERED_SECONDS = 0.9  # so a revoked key dies within a second on a process that hears no bell
CAPACITY = 20_000
LINK_SCOPES = frozenset({"messages:send"})


def _nowhere() -> Address | None:
    """Not known; a key for some networks is refused then."""
    return None


def _changes(known: KnownKey | None) -> bool:
    """What a test key reaches is another with every number that comes and goes."""
    return known is not None and known.test


class _Memory(NamedTuple):
    asked_at: float
    known: KnownKey | None


class KeyCheck:
    """Given to the gate. Unknown lookups are remembered too, so repeating a wrong key costs the database nothing."""

    def __init__(self, doors: Doors, ticks: Callable[[], float] = time.monotonic) -> None:
        self._doors = doors
        self._ticks = ticks
        self._uses = Uses(doors)
        self._memory: OrderedDict[str, _Memory] = OrderedDict()
        self._asking: dict[str, asyncio.Task[KnownKey | None]] = {}
        self._deaf: Callable[[], None] | None = None

    def start(self) -> None:
        """Hear of revoked keys at once."""
        self._deaf = self._doors.bells.listen(BELL_KEYS, self.forget)

    async def stop(self) -> None:
        if self._deaf:
            self._deaf()
        await self._uses.settle()

    async def __call__(self, key: str, in_link: bool, seen_from: Callable[[], Address | None] = _nowhere) -> Caller:
        secret = parse(key)
        if secret is None:
            raise Problem(
                "key_mistyped", 401, "This API key is mistyped: its checksum does not match. Copy it again in full."
            )
        known = await self._known(secret.lookup)
        if known is None or not hmac.compare_digest(known.hash, secret.hash):
            raise Problem(
                "key_unknown", 401, "This API key is well formed but unknown here. Check that it is one of this server."
            )
        return self._caller(known, in_link, seen_from)

    def knows(self, key: str) -> bool:
        """Was it a good one when it was last looked at? Asks nobody."""
        secret = parse(key)
        memory = self._memory.get(secret.lookup) if secret else None
        known = memory.known if memory else None
        return bool(secret and known and known.revoked_at is None and hmac.compare_digest(known.hash, secret.hash))

    def forget(self, lookup: str) -> None:
        """What is remembered, and what a read in flight is about to bring, is out of date."""
        self._memory.pop(lookup, None)
        self._asking.pop(lookup, None)

    def _caller(self, known: KnownKey, in_link: bool, seen_from: Callable[[], Address | None]) -> Caller:
        now = self._doors.clock()
        if known.revoked_at is not None:
            raise Problem("key_revoked", 401, "This API key was revoked. Create a new one and use that.")
        if known.expires_at is not None and known.expires_at <= now:
            raise Problem("key_expired", 401, "This API key has expired. Create a new one and use that.")
        if in_link and not known.in_link:
            raise Problem(
                "key_not_for_links", 403, "This key may not be used in an address. Send it in the X-API-Key header."
            )
        if known.networks is not None and not within(seen_from(), known.networks):
            raise Problem(
                "key_wrong_network", 403, "This API key may not be used from this address. Use it where it belongs."
            )
        self._uses.note(known.id, now)
        scopes = known.scopes & LINK_SCOPES if in_link else known.scopes
        return Caller(known.account_id, known.id, scopes, numbers=known.numbers, test=known.test)

    async def _known(self, lookup: str) -> KnownKey | None:
        memory = self._memory.get(lookup)
        if memory is not None and self._ticks() - memory.asked_at < REMEMBERED_SECONDS and not _changes(memory.known):
            return memory.known
        task = self._asking.get(lookup)
        if task is None:
            task = self._asking[lookup] = asyncio.create_task(self._read(lookup))
        return await asyncio.shield(task)

    async def _read(self, lookup: str) -> KnownKey | None:
        asked_at = self._ticks()  # before the read: what it sees is at least this new
        this = asyncio.current_task()
        try:
            async with self._doors.db.reading() as tx:
                known = await rows.by_lookup(tx, lookup)
            if self._asking.get(lookup) is this:
                self._remember(lookup, _Memory(asked_at, known))
            return known
        finally:
            if self._asking.get(lookup) is this:
                self._asking.pop(lookup, None)

    def _remember(self, lookup: str, memory: _Memory) -> None:
        self._memory[lookup] = memory
        self._memory.move_to_end(lookup)
        if len(self._memory) > CAPACITY:
            self._memory.popitem(last=False)
