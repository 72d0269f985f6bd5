"""What a session does with groups. Each call asks WhatsApp, off the event loop."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from messageapi.engines.linked.addresses import bare
from messageapi.engines.linked.chats import address, asked
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.groups.refusals import group_error
from messageapi.engines.linked.heard.sound import make_sound
from messageapi.engines.linked.library.native import Client
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.linked.people import somebody
from messageapi.engines.port import ChangeGroup, Group, Member, MemberChange, Role

T = TypeVar("T")

CALL_S = 20.0
_PROBLEMS = {401: "not_permitted", 403: "not_permitted", 404: "not_on_whatsapp", 409: "already_in_group"}
_OF_MEMBERS = {**_PROBLEMS, 404: "not_in_group"}


class Groups:
    """Of one session. `live` gives its client or raises; `me` is who it is."""

    def __init__(self, live: Callable[[], Client], me: Callable[[], Me]) -> None:
        self._live, self._me = live, me

    async def page(self, after: str, limit: int) -> list[Group]:
        """WhatsApp names all at once; a part of them, by id, is returned, without their members."""
        return await self._done(lambda client: self._listed(client, after, limit))

    async def read(self, group: str) -> Group:
        where = address(group)
        return await self._done(lambda client: self._shown(client, client.group(where)))

    async def create(self, subject: str, members: list[str]) -> Group:
        wished = [wire.JID.FromString(address(each)) for each in members]
        request = wire.ReqCreateGroup(name=subject, Participants=wished, CreateKey=secrets.token_hex(16).upper())
        data: bytes = request.SerializeToString()
        return await self._done(lambda client: self._shown(client, client.create_group(data)))

    async def change_members(self, group: str, change: MemberChange, members: list[str]) -> list[Member]:
        where = address(group)
        wished: bytes = wire.JIDArray(JIDS=[wire.JID.FromString(address(each)) for each in members]).SerializeToString()
        return await self._done(lambda client: _changed(client, client.change_members(where, wished, change), change))

    async def change(self, wishes: ChangeGroup) -> None:
        where, subject, description = address(wishes.group), wishes.subject, wishes.description
        send, edit = wishes.only_admins_send, wishes.only_admins_edit

        def work(client: Client) -> None:
            if subject is not None:
                _told(client.set_group_name(where, subject))
            if description is not None:
                _told(client.set_group_topic(where, description))
            if send is not None:
                _told(client.set_group_announce(where, on=send))
            if edit is not None:
                _told(client.set_group_locked(where, on=edit))

        await self._done(work)

    async def invite(self, group: str, *, renew: bool) -> str:
        where = address(group)
        return await self._done(lambda client: _link(client.invite_link(where, renew=renew)))

    async def leave(self, group: str) -> None:
        where = address(group)
        await self._done(lambda client: _told(client.leave_group(where)))

    async def join(self, code: str) -> Group:
        def work(client: Client) -> Group:
            answer = wire.JoinGroupWithLinkReturnFunction.FromString(client.join_group(code))
            _told(answer.Error)
            return self._shown(client, client.group(address(bare(answer.Jid))))

        return await self._done(work)

    async def _done(self, work: Callable[[Client], T]) -> T:
        client = self._live()
        return await asked(lambda: work(client), CALL_S)

    def _listed(self, client: Client, after: str, limit: int) -> list[Group]:
        answer = wire.GetJoinedGroupsReturnFunction.FromString(client.joined_groups())
        _told(answer.Error)
        found = sorted((each for each in answer.Group if bare(each.JID) > after), key=lambda each: bare(each.JID))
        return [group_of(client, each, self._me(), members=False) for each in found[:limit]]

    def _shown(self, client: Client, data: bytes) -> Group:
        answer = wire.GetGroupInfoReturnFunction.FromString(data)
        _told(answer.Error)
        return group_of(client, answer.GroupInfo, self._me())


def group_of(client: Client, info: Any, me: Me, *, members: bool = True) -> Group:
    for written in (info.GroupName, info.GroupTopic):
        make_sound(written)
    inside = [each for each in info.Participants if not each.Error]
    own = next((each for each in inside if _is_me(each, me)), None)
    return Group(
        id=bare(info.JID),
        subject=info.GroupName.Name,
        description=info.GroupTopic.Topic,
        owner=somebody(client, info.OwnerJID, info.OwnerPN),
        created_at=int(info.GroupCreated * 1000) if info.GroupCreated > 0 else None,
        size=len(inside),
        role=_role(own) if own else None,
        only_admins_send=info.GroupAnnounce.IsAnnounce,
        only_admins_edit=info.GroupLocked.isLocked,
        disappearing_s=info.GroupEphemeral.DisappearingTimer if info.GroupEphemeral.IsEphemeral else 0,
        members=[_member(client, each, _PROBLEMS) for each in info.Participants] if members else [],
    )


def _is_me(participant: Any, me: Me) -> bool:
    return any(bare(each) in {me.jid, me.lid} - {""} for each in (participant.JID, participant.LID))


def _member(client: Client, participant: Any, problems: dict[int, str]) -> Member:
    who = somebody(client, participant.PhoneNumber, participant.LID, participant.JID)
    problem = problems.get(participant.Error, "refused") if participant.Error else ""
    return Member(who, _role(participant), problem)


def _role(participant: Any) -> Role:
    if participant.IsSuperAdmin:
        return "owner"
    return "admin" if participant.IsAdmin else "member"


def _changed(client: Client, data: bytes, change: MemberChange) -> list[Member]:
    answer = wire.UpdateGroupParticipantsReturnFunction.FromString(data)
    _told(answer.Error)
    problems = _PROBLEMS if change == "add" else _OF_MEMBERS
    return [_member(client, each, problems) for each in answer.participants]


def _link(data: bytes) -> str:
    answer = wire.GetGroupInviteLinkReturnFunction.FromString(data)
    _told(answer.Error)
    link: str = answer.InviteLink
    return link


def _told(problem: str) -> None:
    if problem:
        raise group_error(problem)
