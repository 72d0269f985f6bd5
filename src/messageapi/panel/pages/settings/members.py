"""Who belongs to the account: the list, invitations, roles, and leaving."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import left
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.membership import find
from messageapi.people.membership.invite import invite, revoke_invitation
from messageapi.people.membership.members import change_role, remove_member
from messageapi.people.membership.roles import GIVES, ROLES
from messageapi.web.doors import Doors

_VIEWER, _ADMIN = {"permission": "viewer"}, {"permission": "admin"}
HOME = "/members"
ONE = "/members/{person_id:str}"
WORDS = {
    "owner": (N_("Owner"), N_("Everything, other owners and the audit log included")),
    "admin": (N_("Admin"), N_("Everything but what concerns owners")),
    "viewer": (N_("Viewer"), N_("Sees numbers, messages and settings, and changes nothing")),
}


@get(HOME, opt=_VIEWER)
async def list_members(doors: Doors, visitor: Visitor) -> Html:
    async with doors.db.reading() as tx:
        members = await find.members(tx, visitor.caller)
        invitations = await find.open_invitations(tx, visitor.caller, visitor.now)
    gives = GIVES[visitor.person.role]
    return page(visitor, "members/list.html", members=members, invitations=invitations, words=WORDS, gives=gives)


@get("/members/invite", opt=_ADMIN)
async def show_invite(visitor: Visitor) -> Html:
    return _form(visitor, Form([("role", "admin")]))


@post("/members/invite", opt=_ADMIN)
async def take_invite(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        await invite(doors, visitor.caller, email=form.text("email"), role=form.text("role"))
    except Problem as problem:
        return _form(visitor, form, problem)
    return go(visitor, HOME, N_("Invitation sent. Its link works for a week."))


@post("/members/invitations/{invitation_id:str}/revoke", opt=_ADMIN)
async def take_revoke_invitation(doors: Doors, visitor: Visitor, invitation_id: str) -> Html:
    await revoke_invitation(doors, visitor.caller, invitation_id)
    return go(visitor, HOME, N_("Invitation revoked. Its link opens nothing."))


@get("/members/leave", opt=_VIEWER)
async def show_leave(doors: Doors, visitor: Visitor) -> Html:
    return page(visitor, "members/leave.html", member=await _member(doors, visitor, visitor.person.person_id))


@post("/members/leave", opt=_VIEWER)
async def take_leave(doors: Doors, visitor: Visitor) -> Html:
    await remove_member(doors, visitor.caller, visitor.person.person_id)
    return left(visitor, N_("You do not belong to that account any more."))


@get(ONE, opt=_ADMIN)
async def show_member(doors: Doors, visitor: Visitor, person_id: str) -> Html:
    return _role_form(visitor, await _member(doors, visitor, person_id))


@post(ONE, opt=_ADMIN)
async def take_role(doors: Doors, visitor: Visitor, form: Form, person_id: str) -> Html:
    member = await _member(doors, visitor, person_id)
    try:
        await change_role(doors, visitor.caller, person_id, form.text("role"))
    except Problem as problem:
        return _role_form(visitor, member, problem)
    return go(visitor, HOME, N_("Role changed. They log in again to use it."))


@get(f"{ONE}/remove", opt=_ADMIN)
async def show_remove_member(doors: Doors, visitor: Visitor, person_id: str) -> Html:
    return page(visitor, "members/remove.html", member=await _member(doors, visitor, person_id))


@post(f"{ONE}/remove", opt=_ADMIN)
async def take_remove_member(doors: Doors, visitor: Visitor, person_id: str) -> Html:
    await remove_member(doors, visitor.caller, person_id)
    return go(visitor, HOME, N_("Member removed. They are logged out of this account."))


async def _member(doors: Doors, visitor: Visitor, person_id: str) -> find.Member:
    async with doors.db.reading() as tx:
        for each in await find.members(tx, visitor.caller):
            if each.person_id == person_id:
                return each
    raise Problem("member_not_found", 404, "Nobody of this account has this id. Look at the list of members.")


def _form(visitor: Visitor, form: Form, problem: Problem | None = None) -> Html:
    return page(visitor, "members/invite.html", problem, form=form, roles=_roles(visitor))


def _role_form(visitor: Visitor, member: find.Member, problem: Problem | None = None) -> Html:
    return page(visitor, "members/one.html", problem, member=member, roles=_roles(visitor))


def _roles(visitor: Visitor) -> list[tuple[str, str, str]]:
    """Those the visitor may give, with what they are."""
    return [(role, *WORDS[role]) for role in ROLES if role in GIVES[visitor.person.role]]


routes = [
    list_members,
    show_invite,
    take_invite,
    take_revoke_invitation,
    show_leave,
    take_leave,
    show_member,
    take_role,
    show_remove_member,
    take_remove_member,
]
