"""Who the admins of a group are, asked of WhatsApp at most once a minute for a group: who claims to be one and is none
must not have it asked without end.
"""

import asyncio
from typing import NamedTuple

from messageapi.engines.port import GroupShown, ReadGroup, Refused
from messageapi.errors import Problem
from messageapi.messages.received.about import addresses_of
from messageapi.numbers.asking.ask import put
from messageapi.vocab.caller import Caller
from messageapi.vocab.recent import Recent
from messageapi.web.doors import Doors

HOLDS_MS = 60_000
_DEADLINE_S = 24.0
"""A host gives WhatsApp twenty seconds."""
_MOST = 1_000
_OUTSIDE = frozenset({"group_not_found", "not_in_group"})
"""What WhatsApp answers a number that has no business in the group (any more): nothing is removed for it."""


class Told(NamedTuple):
    """`code` says why they are not known, for now. `addresses`: every one of every admin."""

    addresses: frozenset[str] = frozenset()
    code: str = ""


class _Group:
    """One question at a time; whoever comes meanwhile waits for its answer."""

    def __init__(self) -> None:
        self.asking = asyncio.Lock()
        self.asked_at = 0
        self.told = Told()


class Admins:
    """One in every worker."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._groups: Recent[tuple[str, str], _Group] = Recent(_MOST)

    async def of(self, account_id: str, number_id: str, group: str) -> Told:
        kept = self._groups.get((number_id, group)) or _Group()
        self._groups.keep((number_id, group), kept)
        async with kept.asking:
            if (now := self._doors.clock()) - kept.asked_at >= HOLDS_MS:
                kept.told, kept.asked_at = await self._asked(account_id, number_id, group), now
            return kept.told

    async def _asked(self, account_id: str, number_id: str, group: str) -> Told:
        caller = Caller(account_id, None, frozenset())
        try:
            answer = await put(
                self._doors, caller, number_id, lambda epoch: ReadGroup(number_id, epoch, group), _DEADLINE_S
            )
        except Problem as problem:
            return Told(code=problem.code)
        if isinstance(answer, GroupShown):
            admins = [each.who for each in answer.group.members if each.role != "member"]
            each_has = (addresses_of(None, who.phone or None, who.lid or None) for who in admins)
            return Told(frozenset().union(*each_has))
        code = answer.code if isinstance(answer, Refused) else "no_answer"
        return Told() if code in _OUTSIDE else Told(code=code)
