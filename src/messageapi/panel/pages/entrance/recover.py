"""Forgotten password: ask for a link by mail, choose a new password with it."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.letters import RESET
from messageapi.people.reset import MINUTES, ask_for_reset, check_reset, reset
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}


@get("/forgot", opt=_OPEN)
async def show_forgot(visitor: Visitor) -> Html:
    return page(visitor, "door/forgot.html", values={})


@post("/forgot", opt=_OPEN)
async def take_forgot(doors: Doors, visitor: Visitor, form: Form) -> Html:
    email = form.text("email")
    try:
        await ask_for_reset(doors, email=email, seen_from=visitor.seen_from)
    except Problem as problem:
        return page(visitor, "door/forgot.html", problem, values=form.values())
    return page(visitor, "door/forgot_sent.html", email=email, minutes=MINUTES)


@get(RESET, opt=_OPEN)
async def show_reset(doors: Doors, visitor: Visitor, token: str = "") -> Html:
    await check_reset(doors, token)
    return page(visitor, "door/reset.html", link=token)


@post(RESET, opt=_OPEN)
async def take_reset(doors: Doors, visitor: Visitor, form: Form) -> Html:
    token = form.text("token")
    try:
        begun = await reset(doors, token, form.secret("password"), seen_from=visitor.seen_from)
    except Problem as problem:
        if problem.code == "link_invalid":
            raise
        return page(visitor, "door/reset.html", problem, link=token)
    return entered(visitor, begun, "/home", N_("Your password is changed. All other sessions are over."))


routes = [show_forgot, take_forgot, show_reset, take_reset]
