"""What admins of a group take back of others: no message proves that its sender is one, so WhatsApp is asked."""

from collections.abc import Sequence

from messageapi import logs
from messageapi.bus.port import BusError
from messageapi.bus.subjects import BELL_MESSAGE
from messageapi.engines.port import EngineEvent, GroupShown, Inbound, ReadGroup
from messageapi.messages.received import rows
from messageapi.messages.received.about import addresses_of, meant, target_of, writer_of, writes
from messageapi.messages.received.arrival import Arrival
from messageapi.messages.received.came import Came
from messageapi.messages.received.changes import changed
from messageapi.messages.received.told import told
from messageapi.messages.rows import announce
from messageapi.numbers.asking.held import Held
from messageapi.numbers.asking.hosts import tell
from messageapi.store.db import Tx
from messageapi.vocab.content import Revoke, Target
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.vocab.recent import Recent
from messageapi.web.doors import Doors

_DEADLINE_S = 24.0
"""A host gives WhatsApp twenty seconds."""
_HOLDS_MS = 60_000
"""Who claims to be an admin and is none must not have WhatsApp asked without end."""
_MOST = 1_000
_log = logs.log("messages")


def removes(event: EngineEvent) -> bool:
    """Something is taken back in a group, by its writer or by somebody else."""
    if not isinstance(event, Inbound) or event.from_me or event.letter is None:
        return False
    return isinstance(event.letter.content, Revoke) and event.chat.endswith(f"@{GROUP_SERVER}")


class Admins:
    """Of the groups in which somebody took back what another wrote. One in every worker."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._known: Recent[tuple[str, str], tuple[int, frozenset[str]]] = Recent(_MOST)

    async def take_back(self, at: Held, events: Sequence[EngineEvent]) -> None:
        """What an admin of its group removed, of events that were taken in. What its writer took back is gone already.
        What WhatsApp is not asked about in time stays.
        """
        sealer = await self._doors.keyring.sealer(at.number.account_id)
        arrivals = [
            Arrival(at.number.id, at.number.account_id, event, sealer)
            for event in events
            if removes(event) and isinstance(event, Inbound)
        ]
        removed = [each for each in arrivals if not writes(each, _target(each))]
        proved = [each for each in removed if writer_of(each) & await self._of(at, each.event.chat)]
        if proved:
            await self._doors.db.writer.run(lambda tx: self._gone(tx, proved))

    async def _of(self, at: Held, group: str) -> frozenset[str]:
        """Every address of every admin."""
        now, key = self._doors.clock(), (at.number.id, group)
        asked_at, admins = self._known.get(key) or (0, frozenset())
        if now - asked_at > _HOLDS_MS:
            admins = await self._asked(at, group)
            self._known.keep(key, (now, admins))
        return admins

    async def _asked(self, at: Held, group: str) -> frozenset[str]:
        try:
            answer = await tell(self._doors.bus, at.host_id, ReadGroup(at.number.id, at.epoch, group), _DEADLINE_S)
        except BusError as problem:
            _log.info("admins not known now", number=at.number.id, code=problem.code)
            return frozenset()
        members = answer.group.members if isinstance(answer, GroupShown) else []
        admins = [each.who for each in members if each.role != "member"]
        return frozenset().union(*(addresses_of(None, who.phone or None, who.lid or None) for who in admins))

    async def _gone(self, tx: Tx, proved: Sequence[Arrival]) -> None:
        now, hours = self._doors.clock(), self._doors.settings.body_hours
        came = await changed(tx, await _about(tx, proved))
        await announce(tx, [event for each in came if (event := told(each, now, hours)) is not None])
        ids = [each.about.id for each in came if each.about]
        tx.after_commit(lambda: self._ring(ids))

    def _ring(self, message_ids: Sequence[str]) -> None:
        for message_id in message_ids:
            self._doors.bells.ring(BELL_MESSAGE, message_id)


async def _about(tx: Tx, proved: Sequence[Arrival]) -> list[Came]:
    """Each with the message it removes; one of a message that is not known here removes nothing."""
    keys = {(each.number_id, wa_id) for each in proved for wa_id in (each.event.wa_id, _target(each).wa_id)}
    known = await rows.known(tx, sorted(keys))
    found = []
    for each in proved:
        itself = next(iter(known.get((each.number_id, each.event.wa_id), [])), None)
        about = meant(each, _target(each), known.get((each.number_id, _target(each).wa_id), []))
        if itself and about:
            found.append(Came(itself.id, each, about))
    return found


def _target(arrival: Arrival) -> Target:
    target = target_of(arrival.letter) if arrival.letter else None
    if target is None:
        raise AssertionError("a revoke names a message")
    return target
