"""The public shape of groups."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messageapi.engines.port import Group, Member, MemberChange, Role
from messageapi.vocab.clock import iso

MOST_MEMBERS = 256
"""In one request."""

Person = Annotated[str, Meta(min_length=1, max_length=100, examples=["+4915123456789"])]
People = Annotated[
    list[Person], Meta(max_length=MOST_MEMBERS, description="Phone numbers or WhatsApp addresses of people.")
]
Subject = Annotated[str, Meta(min_length=1, max_length=100, description="The group's name.", examples=["Regulars"])]
Description = Annotated[str, Meta(max_length=2048, description="Shown in the group's details.")]


class NewGroup(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A group to be made. The number is its owner."""

    subject: Subject
    members: People = []
    description: Description | None = None


class GroupEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is."""

    subject: Subject | None = None
    description: Annotated[Description | None, Meta(description="Empty: none any more.")] = None
    only_admins_send: Annotated[bool | None, Meta(description="True: only admins may write.")] = None
    only_admins_edit: Annotated[bool | None, Meta(description="True: only admins may change name and picture.")] = None


class MembersRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Who is to be added, removed, made an admin, or made none any more."""

    change: MemberChange
    members: Annotated[People, Meta(min_length=1)]


class JoinRequest(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """An invitation."""

    invite: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="The link, or the code it ends with.",
            examples=["https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv"],
        ),
    ]


class MemberView(msgspec.Struct, rename="camel", kw_only=True):
    """Somebody in the group; with a `problem`, somebody the change did not reach."""

    phone: str | None
    lid: str | None
    role: Role
    problem: Annotated[
        Literal["not_permitted", "not_on_whatsapp", "not_in_group", "already_in_group", "refused"] | None,
        Meta(description="`not_permitted`: their settings do not allow it. Send them the invitation's link."),
    ]


class GroupSummary(msgspec.Struct, rename="camel", kw_only=True):
    """A group the number is in."""

    id: Annotated[str, Meta(description="The address to send messages to.")]
    subject: str
    description: str
    owner_phone: str | None
    owner_lid: str | None
    size: Annotated[int, Meta(description="Members, the number among them.")]
    role: Annotated[Role | None, Meta(description="The number's own. Null: it is not in the group.")]
    only_admins_send: bool
    only_admins_edit: bool
    disappearing_seconds: Annotated[int, Meta(description="After so long messages go away. 0: they stay.")]
    created_at: str | None


class GroupView(GroupSummary, rename="camel", kw_only=True):
    """A group with its members."""

    members: list[MemberView]


class MembersView(msgspec.Struct, rename="camel", kw_only=True):
    """One for each that was named."""

    items: list[MemberView]


class InviteView(msgspec.Struct, rename="camel", kw_only=True):
    """Whoever has the link can join."""

    link: str


def summary(group: Group) -> GroupSummary:
    return GroupSummary(
        id=group.id,
        subject=group.subject,
        description=group.description,
        owner_phone=group.owner.phone or None,
        owner_lid=group.owner.lid or None,
        size=group.size,
        role=group.role,
        only_admins_send=group.only_admins_send,
        only_admins_edit=group.only_admins_edit,
        disappearing_seconds=group.disappearing_s,
        created_at=iso(group.created_at),
    )


def view(group: Group) -> GroupView:
    members = [member_view(each) for each in group.members]
    return GroupView(**msgspec.structs.asdict(summary(group)), members=members)


def member_view(member: Member) -> MemberView:
    return MemberView(
        phone=member.who.phone or None,
        lid=member.who.lid or None,
        role=member.role,
        problem=member.problem or None,  # type: ignore[arg-type] # one of them
    )
