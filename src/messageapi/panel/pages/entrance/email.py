"""The links of a change of email: one in the old mailbox, one in the new. Either end agrees, or calls it off."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.email import confirm_email, read_email_link, refuse_email
from messageapi.people.letters import EMAIL
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}


@get(EMAIL, opt=_OPEN)
async def show_email(doors: Doors, visitor: Visitor, token: str = "") -> Html:
    return await _page(doors, visitor, token)


@post(EMAIL, opt=_OPEN)
async def take_email(doors: Doors, visitor: Visitor, form: Form) -> Html:
    token, target = form.text("token"), "/home" if visitor.signed_in else "/login"
    if form.text("answer") != "agree":
        await refuse_email(doors, token)
        return go(visitor, target, N_("The email stays as it was. If this was not you, change your password."))
    try:
        done = await confirm_email(doors, token)
    except Problem as problem:
        if problem.code == "link_invalid":
            raise
        return go(visitor, target, problem.message, "bad")
    if done:
        return go(visitor, target, N_("Your email is changed."))
    return go(visitor, target, N_("Agreed. Now open the link in the other mailbox."), "plain")


async def _page(doors: Doors, visitor: Visitor, token: str) -> Html:
    return page(visitor, "door/email.html", change=await read_email_link(doors, token), link=token)


routes = [show_email, take_email]
