"""What a host can be told about groups, and the part of a session that does it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from messageapi.engines.contract import Session
from messageapi.engines.port import (
    Answer,
    ChangeGroup,
    ChangeMembers,
    CreateGroup,
    Done,
    GetInvite,
    Group,
    GroupPage,
    GroupShown,
    Invite,
    JoinGroup,
    LeaveGroup,
    ListGroups,
    MembersChanged,
    ReadGroup,
)

GroupVerb = Callable[[Session, Any], Awaitable[Answer]]

_MOST_BYTES: Final = 800_000  # of an answer; a group's description alone may have eight thousand
_encoder = msgspec.msgpack.Encoder()


async def _page(session: Session, command: ListGroups) -> Answer:
    found = await session.groups.page(command.after, command.limit)
    fits = _fitting(found)
    return GroupPage(found[:fits], more=fits < len(found))


def _fitting(groups: list[Group]) -> int:
    size = 0
    for place, group in enumerate(groups):
        size += len(_encoder.encode(group))
        if size > _MOST_BYTES and place >= 2:
            return place
    return len(groups)


async def _read(session: Session, command: ReadGroup) -> Answer:
    return GroupShown(await session.groups.read(command.group))


async def _create(session: Session, command: CreateGroup) -> Answer:
    return GroupShown(await session.groups.create(command.subject, command.members))


async def _change_members(session: Session, command: ChangeMembers) -> Answer:
    return MembersChanged(await session.groups.change_members(command.group, command.change, command.members))


async def _change(session: Session, command: ChangeGroup) -> Answer:
    await session.groups.change(command)
    return Done()


async def _invite(session: Session, command: GetInvite) -> Answer:
    return Invite(await session.groups.invite(command.group, renew=command.renew))


async def _leave(session: Session, command: LeaveGroup) -> Answer:
    await session.groups.leave(command.group)
    return Done()


async def _join(session: Session, command: JoinGroup) -> Answer:
    return GroupShown(await session.groups.join(command.code))


GROUP_VERBS: dict[type, GroupVerb] = {
    ListGroups: _page,
    ReadGroup: _read,
    CreateGroup: _create,
    ChangeMembers: _change_members,
    ChangeGroup: _change,
    GetInvite: _invite,
    LeaveGroup: _leave,
    JoinGroup: _join,
}
