"""Passkeys as the second step: a new one, and removing one."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.gate.forms import Form
from messageapi.panel.pages.settings.security import HOME, enabled_page
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.factors.passkeys import finish_passkey, passkeys_of, remove_passkey, start_passkey
from messageapi.people.fresh import require_fresh
from messageapi.web.doors import Doors

_MINE = {"permission": "viewer"}


@post("/security/passkeys/new", opt=_MINE)
async def start_key(doors: Doors, visitor: Visitor) -> Html:
    """The question to the browser is written down, so this is no link."""
    ceremony = await start_passkey(doors, visitor.person)
    return page(visitor, "settings/passkey.html", ceremony=ceremony)


@post("/security/passkeys", opt=_MINE)
async def take_key(doors: Doors, visitor: Visitor, form: Form) -> Html:
    enabled = await finish_passkey(
        doors, visitor.person, form.text("token"), answer=form.text("code"), name=form.text("name")
    )
    return enabled_page(visitor, enabled, N_("Passkey added. You are logged out everywhere else."))


@get("/security/passkeys/{passkey_id:str}/remove", opt=_MINE)
async def show_remove_key(doors: Doors, visitor: Visitor, passkey_id: str) -> Html:
    found = [each for each in await passkeys_of(doors, visitor.person) if each.id == passkey_id]
    if not found:
        raise Problem("passkey_not_found", 404, "There is no such passkey now. Look at the list again.")
    require_fresh(doors, visitor.person)
    return page(visitor, "settings/remove_passkey.html", key=found[0])


@post("/security/passkeys/{passkey_id:str}/remove", opt=_MINE)
async def take_remove_key(doors: Doors, visitor: Visitor, passkey_id: str) -> Html:
    await remove_passkey(doors, visitor.person, passkey_id)
    return go(visitor, HOME, N_("Passkey removed."))


routes = [start_key, take_key, show_remove_key, take_remove_key]
