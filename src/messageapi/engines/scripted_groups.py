"""Groups of the scripted engine: kept in memory, one list for all numbers of the engine."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from messageapi.engines.port import ChangeGroup, EngineError, Group, Member, MemberChange, Somebody
from messageapi.vocab.jid import Jid

LINK = "https://chat.whatsapp.com/"


@dataclass
class Board:
    """`refuses` is raised by the next call, once. `named` are the groups by id, `invites` the ids by code."""

    named: dict[str, Group] = field(default_factory=dict)
    invites: dict[str, str] = field(default_factory=dict)
    refuses: EngineError | None = None
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


class ScriptedGroups:
    """Of one session, whose number is `me`."""

    def __init__(self, board: Board, me: Somebody, connected: Callable[[], None]) -> None:
        self._board, self._me, self._connected = board, me, connected

    async def page(self, after: str, limit: int) -> list[Group]:
        self._look()
        found = sorted(name for name in self._board.named if name > after)
        return [msgspec.structs.replace(self._board.named[name], members=[]) for name in found[:limit]]

    async def read(self, group: str) -> Group:
        self._look()
        return self._group(group)

    async def create(self, subject: str, members: list[str]) -> Group:
        self._look()
        n = next(self._board.numbers)
        owner = Member(self._me, "owner")
        made = Group(
            id=f"12036300000000{n:04}@g.us",
            subject=subject,
            description="",
            owner=self._me,
            created_at=1_790_000_000_000 + n,
            size=1,
            role="owner",
            only_admins_send=False,
            only_admins_edit=False,
            disappearing_s=0,
            members=[owner],
        )
        self._board.invites[f"CODE{n}"] = made.id
        return self._keep(made, [owner, *(Member(somebody(each)) for each in members)])

    async def change_members(self, group: str, change: MemberChange, members: list[str]) -> list[Member]:
        self._look()
        before = self._group(group)
        known = {each.who: each for each in before.members}
        wished = [_changed(known, somebody(each), change) for each in members]
        done = {each.who: each for each in wished if not each.problem}
        left = [each for each in before.members if each.who not in done]
        self._keep(before, left if change == "remove" else [*left, *done.values()])
        return wished

    async def change(self, wishes: ChangeGroup) -> None:
        self._look()
        names = ("subject", "description", "only_admins_send", "only_admins_edit")
        given = {name: getattr(wishes, name) for name in names if getattr(wishes, name) is not None}
        group = self._group(wishes.group)
        self._keep(msgspec.structs.replace(group, **given), group.members)

    async def invite(self, group: str, *, renew: bool) -> str:
        self._look()
        code = next(code for code, name in self._board.invites.items() if name == self._group(group).id)
        if renew:
            del self._board.invites[code]
            code += "N"
            self._board.invites[code] = group
        return LINK + code

    async def leave(self, group: str) -> None:
        self._look()
        del self._board.named[self._group(group).id]

    async def join(self, code: str) -> Group:
        self._look()
        if code not in self._board.invites:
            raise EngineError("invite_invalid", "This is no invitation to a group.", permanent=True)
        return self._group(self._board.invites[code])

    def _look(self) -> None:
        self._connected()
        refusal, self._board.refuses = self._board.refuses, None
        if refusal:
            raise refusal

    def _group(self, name: str) -> Group:
        if name not in self._board.named:
            raise EngineError("group_not_found", "WhatsApp has no such group.", permanent=True)
        return self._board.named[name]

    def _keep(self, group: Group, members: list[Member]) -> Group:
        kept = msgspec.structs.replace(group, members=members, size=len(members))
        self._board.named[group.id] = kept
        return kept


def _changed(known: dict[Somebody, Member], who: Somebody, change: MemberChange) -> Member:
    if change == "add":
        return Member(who, problem="already_in_group" if who in known else "")
    if who not in known:
        return Member(who, problem="not_in_group")
    return Member(who, "admin" if change == "promote" else "member")


def somebody(address: str) -> Somebody:
    phone = Jid.parse(address).phone
    return Somebody(phone) if phone else Somebody("", address)
