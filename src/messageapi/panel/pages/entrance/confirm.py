"""The password once more, before something that changes who can log in. Pages need not ask: `confirm_needed` leads here
and back.
"""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.gate.addresses import local
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.visitor import Visitor
from messageapi.people.fresh import confirm
from messageapi.web.doors import Doors

_SIGNED_IN = {"permission": "viewer"}


@get("/confirm", opt=_SIGNED_IN)
async def show_confirm(visitor: Visitor, next: str = "") -> Html:  # noqa: A002 - the address says ?next=
    return page(visitor, "door/confirm.html", target=local(next))


@post("/confirm", opt=_SIGNED_IN)
async def take_confirm(doors: Doors, visitor: Visitor, form: Form) -> Html:
    target = local(form.text("next"))
    try:
        await confirm(doors, visitor.person, form.secret("password"))
    except Problem as problem:
        return page(visitor, "door/confirm.html", problem, target=target)
    return go(visitor, target)


routes = [show_confirm, take_confirm]
