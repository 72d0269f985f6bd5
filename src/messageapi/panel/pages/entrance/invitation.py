"""An invitation's link: somebody new becomes a person, somebody known joins with the login they have."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered
from messageapi.panel.gate.forms import Form
from messageapi.panel.pages.entrance.sign_up import newcomer
from messageapi.panel.render import Html, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.letters import INVITATION
from messageapi.people.membership.invite import accept, accept_as_newcomer, read_invitation
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}


@get(INVITATION, opt=_OPEN)
async def show_invitation(doors: Doors, visitor: Visitor, token: str = "") -> Html:
    return await _page(doors, visitor, token, Form())


@post(INVITATION, opt=_OPEN)
async def take_invitation(doors: Doors, visitor: Visitor, form: Form) -> Html:
    token = form.text("token")
    try:
        if visitor.signed_in:
            begun = await accept(doors, visitor.person, token)
        else:
            begun = await accept_as_newcomer(doors, token, newcomer(form, visitor), seen_from=visitor.seen_from)
    except Problem as problem:
        if problem.code == "link_invalid":
            raise
        return await _page(doors, visitor, token, form, problem)
    return entered(visitor, begun, "/home", N_("Welcome. You belong to this account now."))


async def _page(doors: Doors, visitor: Visitor, token: str, form: Form, problem: Problem | None = None) -> Html:
    invitation = await read_invitation(doors, token)
    return page(visitor, "door/invitation.html", problem, invitation=invitation, link=token, form=form)


routes = [show_invitation, take_invitation]
