"""Takes in what engine hosts report and answers when it is committed; until then the host keeps it and repeats it.

An event that cannot be taken in is tried a few times, then left out and logged, so that it never blocks its number.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from messageapi import logs
from messageapi.bus.port import BusError, Reply, Subscription
from messageapi.bus.subjects import INBOXES
from messageapi.engines.batches import EventBatch, Handed, Taken
from messageapi.engines.port import EngineEvent, Receipt
from messageapi.errors import DoorError, Problem
from messageapi.messages.queue import journal
from messageapi.vocab.recent import Recent
from messageapi.web.doors import Doors
from messageapi.workers.attendant import Attendant
from messageapi.workers.intake import Delivery, Intake, Outdated
from messageapi.workers.pace import Pace

TRIES = 3
TOGETHER_S = 0.01
REMEMBERED = 10_000

_log = logs.log("inbox")


class _RawBatch(msgspec.Struct, frozen=True):
    """An EventBatch of which some event may not be readable."""

    host_id: str
    number_id: str
    epoch: int
    first: int
    events: list[msgspec.Raw]


Batch = EventBatch | _RawBatch

_handed = msgspec.msgpack.Decoder(Handed)
_batches = msgspec.msgpack.Decoder(EventBatch)
_raw_batches = msgspec.msgpack.Decoder(_RawBatch)
_events: msgspec.msgpack.Decoder[EngineEvent] = msgspec.msgpack.Decoder(EngineEvent)


class Inbox:
    """One in every worker: each batch goes to one of them."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._attendant = Attendant(doors)
        self._intake = Intake(doors, self._attendant.take)
        self._owners: Recent[str, str] = Recent(REMEMBERED)
        self._tries: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._receipts = Pace(TOGETHER_S)
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        self._attendant.start()
        self._subscription = await self._doors.bus.subscribe(INBOXES, self._handle, queue="worker", concurrent=True)

    async def stop(self) -> None:
        if self._subscription:
            await self._subscription.stop()
        await self._attendant.stop()

    async def _handle(self, _: str, payload: bytes, reply: Reply | None) -> None:
        batches = [_decoded(each) for each in _handed.decode(payload).batches]
        if all(isinstance(event, Receipt) for batch in batches for event in batch.events):
            await self._receipts.turn()  # nobody waits for one, as somebody may for `sent`
        lasts = await asyncio.gather(*(self._last(batch) for batch in batches))
        if reply:
            with contextlib.suppress(BusError):
                await reply(msgspec.msgpack.encode(Taken(lasts)))

    async def _last(self, batch: Batch) -> int | None:
        """How far the number's events are taken in now; None when they are not."""
        try:
            return await self._taken(batch)
        except Outdated:
            _log.info("events of an old holder", number=batch.number_id, host=batch.host_id, epoch=batch.epoch)
        except (DoorError, Problem) as problem:
            _log.warning("events not taken in now", number=batch.number_id, code=problem.code)
        return None

    async def _taken(self, batch: Batch) -> int | None:
        """None: not now. What fails for another reason than the database's is counted."""
        try:
            if isinstance(batch, EventBatch):
                return await self._take(batch, batch.first, batch.events)
            cause = "UnreadableEvent"
        except (DoorError, Problem, Outdated):
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, it must not stop the number's other events
            cause = type(problem).__name__
        _log.error("events not taken in", number=batch.number_id, first=batch.first, cause=cause)
        return await self._one_by_one(batch) if self._tried_enough(batch) else None

    def _tried_enough(self, batch: Batch) -> bool:
        key = batch.number_id, batch.first
        tries = self._tries.pop(key, 0) + 1
        if tries >= TRIES:
            return True
        self._tries[key] = tries
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return False

    async def _one_by_one(self, batch: Batch) -> int:
        """Take in all that can be; what cannot is left out for good."""
        last = batch.first - 1
        for seq, given in enumerate(batch.events, batch.first):
            event = _read(given) if isinstance(given, msgspec.Raw) else given
            try:
                last = await self._take(batch, seq, [event] if event else [])
            except (DoorError, Problem, Outdated):
                raise
            except Exception as problem:  # noqa: BLE001 - the event is poison, whatever it breaks
                last = await self._take(batch, seq, [])
                event = None
                _log.error("an event broke", number=batch.number_id, seq=seq, cause=type(problem).__name__)
            if event is None:
                _log.error("an event was left out", number=batch.number_id, seq=seq, kind=type(given).__name__)
        return last

    async def _take(self, batch: Batch, first: int, events: Sequence[EngineEvent]) -> int:
        """Without events: pass over one."""
        account_id = await self._owner(batch.number_id)
        delivery = Delivery(
            number_id=batch.number_id,
            account_id=account_id,
            epoch=batch.epoch,
            first=first,
            last=first + max(1, len(events)) - 1,
            events=events,
            sealer=await self._doors.keyring.sealer(account_id),
        )
        return await self._doors.db.writer.join(self._intake.take, delivery)

    async def _owner(self, number_id: str) -> str:
        known = self._owners.get(number_id)
        if known is None:
            known = await journal.owner(self._doors, number_id)
            if known is None:
                raise Outdated
            self._owners.keep(number_id, known)
        return known


def _decoded(payload: msgspec.Raw) -> Batch:
    try:
        return _batches.decode(payload)
    except msgspec.ValidationError:
        return _raw_batches.decode(payload)


def _read(raw: msgspec.Raw) -> EngineEvent | None:
    try:
        return _events.decode(raw)
    except msgspec.DecodeError:
        return None
