"""Removals by admins: noted with the message that wants one, so that no crash forgets it, and tried until WhatsApp says
whether its writer is an admin, or nothing is left to remove.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from messageapi import logs
from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.engines.port import EngineEvent, Inbound
from messageapi.messages.received import rows as received
from messageapi.messages.received.about import meant, target_of, writer_of, writes
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.messages.received.changes import changed
from messageapi.messages.received.told import told
from messageapi.messages.removals import rows
from messageapi.messages.removals.admins import Admins
from messageapi.messages.removals.rows import Kept
from messageapi.messages.rows import announce
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer, SealError
from messageapi.vocab.content import Revoke, Target
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.web.doors import Doors

HOLD_MS = 120_000
"""Longer than WhatsApp is asked, twice. After a crash another process goes on when this is over."""
AGAIN_MS, LONGEST_MS = 60_000, 3_600_000
_AWAY = "number_not_connected"
_log = logs.log("messages")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Inbound).decode


class Removal(NamedTuple):
    """`ends_at`: when the body of what it removes is gone anyway."""

    id: str
    arrival: Arrival
    ends_at: int
    tries: int


def removes(event: EngineEvent) -> bool:
    """Something is taken back in a group, by its writer or by somebody else."""
    if not isinstance(event, Inbound) or event.from_me or event.letter is None:
        return False
    return isinstance(event.letter.content, Revoke) and event.chat.endswith(f"@{GROUP_SERVER}")


async def note(tx: Tx, now: int, ends_at: int, came: Sequence[Came]) -> None:
    """In the transaction that receives the messages. What its writer takes back is gone already."""
    kept: list[rows.Values] = [
        {
            "message_id": each.id,
            "account_id": each.arrival.account_id,
            "number_id": each.arrival.number_id,
            "sealed": each.arrival.sealer.seal(_encode(each.arrival.event), _about(each.id)),
            "due_at": now,
            "ends_at": ends_at,
            "tries": 0,
        }
        for each in came
        if removes(each.arrival.event) and not writes(each.arrival, _target(each.arrival))
    ]
    await rows.keep(tx, kept)


class Removals:
    """One in every worker: the database decides which of them has one."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._admins = Admins(doors)

    async def claim(self, most: int) -> list[list[Removal]]:
        """Up to so many whose time has come, those of one group together."""
        now = self._doors.clock()
        if not await self._doors.db.read(lambda tx: rows.waiting.has_due(tx, now)):
            return []
        claimed = await self._doors.db.writer.run(lambda tx: rows.waiting.claim(tx, now, now + HOLD_MS, most))
        sealers = await self._doors.keyring.sealers(each.account_id for each in claimed)
        groups: dict[tuple[str, str], list[Removal]] = {}
        for each in claimed:
            if removal := await self._opened(each, sealers.get(each.account_id)):
                groups.setdefault((each.number_id, removal.arrival.event.chat), []).append(removal)
        return list(groups.values())

    async def _opened(self, kept: Kept, sealer: Sealer | None) -> Removal | None:
        """What cannot be read will not be later either."""
        if sealer is None:
            return None
        try:
            event = _decode(sealer.open(kept.sealed, _about(kept.message_id)))
        except (SealError, msgspec.MsgspecError) as problem:
            _log.error("a removal cannot be read", number=kept.number_id, cause=type(problem).__name__)
            await self._doors.db.writer.run(lambda tx: rows.waiting.done(tx, [kept.message_id]))
            return None
        arrival = Arrival(kept.number_id, kept.account_id, event, sealer)
        return Removal(kept.message_id, arrival, kept.ends_at, kept.tries)

    async def carry_out(self, some: Sequence[Removal]) -> None:
        """Those of one group, or put them off."""
        arrival = some[0].arrival
        admins = await self._admins.of(arrival.account_id, arrival.number_id, arrival.event.chat)
        if admins.code:
            await self._put_off(some, admins.code)
        else:
            proved = [each for each in some if writer_of(each.arrival) & admins.addresses]
            await self._doors.db.writer.run(lambda tx: self._settle(tx, some, proved))

    async def _settle(self, tx: Tx, some: Sequence[Removal], proved: Sequence[Removal]) -> None:
        now, hours = self._doors.clock(), self._doors.settings.body_hours
        open_ = await rows.waiting.done(tx, [each.id for each in some])
        came = await changed(tx, await _with_targets(tx, [each for each in proved if each.id in open_]))
        await announce(tx, [event for each in came if (event := told(each, now, hours)) is not None])
        ids = [each.about.id for each in came if each.about]
        tx.after_commit(lambda: self._ring(ids))

    async def _put_off(self, some: Sequence[Removal], code: str) -> None:
        """While the number is away nobody is asked, and that is no try."""
        now = self._doors.clock()
        over = [each.id for each in some if each.ends_at <= now]
        tries = {each.id: each.tries - (code == _AWAY) for each in some if each.ends_at > now}
        pause = AGAIN_MS if code == _AWAY else pause_ms(max(tries.values(), default=1))
        _log.info("who is an admin is not known now", number=some[0].arrival.number_id, code=code, given_up=len(over))

        async def work(tx: Tx) -> None:
            await rows.waiting.done(tx, over)
            await rows.waiting.later(tx, now + pause, tries)

        await self._doors.db.writer.run(work)

    def _ring(self, message_ids: Iterable[str]) -> None:
        for message_id in message_ids:
            self._doors.bells.ring(BELL_MESSAGE, message_id)


def pause_ms(tries: int) -> int:
    """Until the next try: a minute, then twice as long each time, at most an hour."""
    return min(AGAIN_MS << min(tries - 1, 10), LONGEST_MS)


async def _with_targets(tx: Tx, proved: Sequence[Removal]) -> list[Came]:
    """Each with the message it removes; one of a message that is not known here removes nothing."""
    targets = [(each, _target(each.arrival)) for each in proved]
    keys = sorted({(each.arrival.number_id, target.wa_id) for each, target in targets})
    known = await received.known(tx, keys) if keys else {}
    return [
        Came(each.id, each.arrival, about)
        for each, target in targets
        if (about := meant(each.arrival, target, known.get((each.arrival.number_id, target.wa_id), [])))
    ]


def _about(message_id: str) -> str:
    return f"removal:{message_id}"


def _target(arrival: Arrival) -> Target:
    target = target_of(arrival.letter) if arrival.letter else None
    if target is None:
        raise AssertionError("a revoke names a message")
    return target
