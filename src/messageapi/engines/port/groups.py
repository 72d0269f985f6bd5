"""Groups across the port: what a host is asked about them, what it answers, and what it reports of their changes."""

from typing import Literal

import msgspec

Role = Literal["member", "admin", "owner"]
MemberChange = Literal["add", "remove", "promote", "demote"]


class Somebody(msgspec.Struct, frozen=True):
    """A person by whichever of the two addresses is known: `phone` is E.164, `lid` a JID. Empty: not known."""

    phone: str = ""
    lid: str = ""


class Member(msgspec.Struct, frozen=True):
    """`problem` is why a change did not reach this one: not_permitted (invite them instead), not_on_whatsapp,
    not_in_group, already_in_group, or refused.
    """

    who: Somebody
    role: Role = "member"
    problem: str = ""


class Group(msgspec.Struct, frozen=True):
    """`members` is empty in a list of groups; `size` counts them always. `role` is the number's own, if it is in it."""

    id: str
    subject: str
    description: str
    owner: Somebody
    created_at: int | None
    size: int
    role: Role | None
    only_admins_send: bool
    only_admins_edit: bool
    disappearing_s: int
    members: list[Member] = []


# --- commands ---


class ListGroups(msgspec.Struct, frozen=True, tag=True):
    """Those the number is in, by id, behind `after`. Answered `GroupPage`."""

    number_id: str
    epoch: int
    after: str = ""
    limit: int = 100


class ReadGroup(msgspec.Struct, frozen=True, tag=True):
    """Answered `GroupShown`."""

    number_id: str
    epoch: int
    group: str


class CreateGroup(msgspec.Struct, frozen=True, tag=True):
    """`members` are JIDs. Answered `GroupShown`; members with a `problem` are not in it."""

    number_id: str
    epoch: int
    subject: str
    members: list[str]


class ChangeMembers(msgspec.Struct, frozen=True, tag=True):
    """Answered `MembersChanged`, one for each that was named."""

    number_id: str
    epoch: int
    group: str
    change: MemberChange
    members: list[str]


class ChangeGroup(msgspec.Struct, frozen=True, tag=True):
    """What is None stays. The changes are made one after another; a refused one ends them."""

    number_id: str
    epoch: int
    group: str
    subject: str | None = None
    description: str | None = None
    only_admins_send: bool | None = None
    only_admins_edit: bool | None = None


class GetInvite(msgspec.Struct, frozen=True, tag=True):
    """Answered `Invite`. `renew`: the links given out before open nothing any more."""

    number_id: str
    epoch: int
    group: str
    renew: bool = False


class LeaveGroup(msgspec.Struct, frozen=True, tag=True):
    number_id: str
    epoch: int
    group: str


class JoinGroup(msgspec.Struct, frozen=True, tag=True):
    """`code` is the end of an invitation's link. Answered `GroupShown`."""

    number_id: str
    epoch: int
    code: str


# --- answers ---


class GroupPage(msgspec.Struct, frozen=True, tag=True):
    """`more`: not all that were asked for, for more do not fit through the bus. Two at least are in it then."""

    groups: list[Group]
    more: bool = False


class GroupShown(msgspec.Struct, frozen=True, tag=True):
    group: Group


class MembersChanged(msgspec.Struct, frozen=True, tag=True):
    members: list[Member]


class Invite(msgspec.Struct, frozen=True, tag=True):
    link: str


# --- events ---


class GroupChanged(msgspec.Struct, frozen=True, tag=True):
    """Somebody changed a group the number is in; what is None stayed. `own`: the number itself is among `left`."""

    group: str
    by: Somebody
    at: int
    subject: str | None = None
    description: str | None = None
    only_admins_send: bool | None = None
    only_admins_edit: bool | None = None
    disappearing_s: int | None = None
    joined: list[Somebody] = []
    left: list[Somebody] = []
    promoted: list[Somebody] = []
    demoted: list[Somebody] = []
    reason: str = ""  # how they joined, in WhatsApp's words: invite, linked_group_join...
    link_renewed: bool = False
    deleted: bool = False
    own: bool = False


class GroupEntered(msgspec.Struct, frozen=True, tag=True):
    """The number is in a group it was not in before: it was added, joined by a link (`reason` invite), or made it."""

    group: Group
    by: Somebody
    at: int
    reason: str = ""
