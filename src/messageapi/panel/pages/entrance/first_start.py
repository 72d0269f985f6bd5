"""The first person of a new server. The link to this page is printed on its console, and works once."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered
from messageapi.panel.gate.forms import Form
from messageapi.panel.pages.entrance.sign_up import newcomer
from messageapi.panel.render import Html, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.first_start import PATH, become_operator, check_link
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}


@get(PATH, opt=_OPEN)
async def show_first_start(doors: Doors, visitor: Visitor, token: str = "") -> Html:
    await check_link(doors, token)
    return page(visitor, "door/first_start.html", values={}, link=token)


@post(PATH, opt=_OPEN)
async def take_first_start(doors: Doors, visitor: Visitor, form: Form) -> Html:
    token = form.text("token")
    try:
        begun = await become_operator(doors, token, newcomer(form, visitor), seen_from=visitor.seen_from)
    except Problem as problem:
        if problem.code == "link_invalid":
            raise
        values = form.values(without=("password",))
        return page(visitor, "door/first_start.html", problem, values=values, link=token)
    return entered(visitor, begun, "/home", N_("You are set up. This server is yours."))


routes = [show_first_start, take_first_start]
