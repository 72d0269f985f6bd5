"""HTTP for groups: list, read, create, edit, members, invitations, join, leave."""

from litestar import get, patch, post
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from messageapi.groups import invite, look, members
from messageapi.groups.create import create
from messageapi.groups.edit import edit
from messageapi.groups.schemas import (
    GroupEdit,
    GroupSummary,
    GroupView,
    InviteView,
    JoinRequest,
    MembersRequest,
    MembersView,
    NewGroup,
    member_view,
    summary,
    view,
)
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page

GROUPS = "/api/v1/numbers/{number_id:str}/groups"
GROUP = f"{GROUPS}/{{group:str}}"
LISTING = "groups"
READS = {"permission": "messages:read", "problems": (403, 404, 409, 422, 429, 503)}
MANAGES = {"permission": "numbers:manage", "problems": (403, 404, 409, 422, 429, 503)}
TAGS = ["Groups"]


@get(GROUPS, opt=READS, operation_id="listGroups", summary="List groups", tags=TAGS)
async def list_groups(
    doors: Doors, caller: Caller, number_id: str, limit: paging.Limit = paging.DEFAULT, cursor: str | None = None
) -> Page[GroupSummary]:
    """By id; fewer than `limit` where descriptions are long. WhatsApp is asked each time: keep what you need."""
    sealer = await doors.keyring.sealer(caller.account_id)
    after = paging.position(sealer, f"{LISTING}:{number_id}", cursor) if cursor else ""
    found = await look.page(doors, caller, number_id, after, limit + 1)
    shown = [(each.id, summary(each)) for each in found.groups]
    return paging.page(sealer, f"{LISTING}:{number_id}", shown, len(shown) - 1 if found.more else limit)


@post(GROUPS, opt=MANAGES, operation_id="createGroup", summary="Create a group", tags=TAGS)
async def post_group(doors: Doors, caller: Caller, number_id: str, data: NewGroup) -> GroupView:
    """Whoever could not be added is among the members with a `problem`. Many new groups a day get a number banned."""
    return view(await create(doors, caller, number_id, data))


@post(
    f"{GROUPS}/join",
    opt={**MANAGES, "problems": (403, 404, 409, 410, 422, 429, 503)},
    status_code=HTTP_200_OK,
    operation_id="joinGroup",
    summary="Join a group",
    tags=TAGS,
)
async def post_join(doors: Doors, caller: Caller, number_id: str, data: JoinRequest) -> GroupView:
    """By the link of an invitation. A group whose admins approve of everyone first cannot be joined this way."""
    return view(await invite.join(doors, caller, number_id, data.invite))


@get(GROUP, opt=READS, operation_id="readGroup", summary="Read a group", tags=TAGS)
async def read_group(doors: Doors, caller: Caller, number_id: str, group: str) -> GroupView:
    """With its members."""
    return view(await look.one(doors, caller, number_id, group))


@patch(GROUP, opt=MANAGES, operation_id="editGroup", summary="Edit a group", tags=TAGS)
async def patch_group(doors: Doors, caller: Caller, number_id: str, group: str, data: GroupEdit) -> GroupView:
    """One wish after another; when WhatsApp refuses one, those before it are done."""
    return view(await edit(doors, caller, number_id, group, data))


@post(
    f"{GROUP}/members",
    opt=MANAGES,
    status_code=HTTP_200_OK,
    operation_id="changeMembers",
    summary="Add, remove, promote or demote members",
    tags=TAGS,
)
async def post_members(doors: Doors, caller: Caller, number_id: str, group: str, data: MembersRequest) -> MembersView:
    """What came of it for each that was named. The number has to be an admin."""
    changed = await members.change(doors, caller, number_id, group, data)
    return MembersView(items=[member_view(each) for each in changed])


@get(f"{GROUP}/invite", opt=MANAGES, operation_id="readInvite", summary="Read the invitation's link", tags=TAGS)
async def read_invite(doors: Doors, caller: Caller, number_id: str, group: str) -> InviteView:
    """Whoever has it can join. The number has to be an admin."""
    return InviteView(link=await invite.link(doors, caller, number_id, group, renew=False))


@post(
    f"{GROUP}/invite/renew",
    opt=MANAGES,
    status_code=HTTP_200_OK,
    operation_id="renewInvite",
    summary="Renew the invitation's link",
    tags=TAGS,
)
async def renew_invite(doors: Doors, caller: Caller, number_id: str, group: str) -> InviteView:
    """The links given out before open nothing any more."""
    return InviteView(link=await invite.link(doors, caller, number_id, group, renew=True))


@post(
    f"{GROUP}/leave",
    opt=MANAGES,
    status_code=HTTP_204_NO_CONTENT,
    operation_id="leaveGroup",
    summary="Leave a group",
    tags=TAGS,
)
async def post_leave(doors: Doors, caller: Caller, number_id: str, group: str) -> None:
    """A group without admins gets another one by itself."""
    await members.leave(doors, caller, number_id, group)


routes = [
    list_groups,
    post_group,
    post_join,
    read_group,
    patch_group,
    post_members,
    read_invite,
    renew_invite,
    post_leave,
]
