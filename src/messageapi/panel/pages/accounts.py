"""Go on in another account of yours."""

from litestar import get, post

from messageapi.panel.entering import entered
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.logins.sessions import accounts_of, switch_account
from messageapi.web.doors import Doors

_VIEWER = {"permission": "viewer"}


@get("/accounts", opt=_VIEWER)
async def list_accounts(doors: Doors, visitor: Visitor) -> Html:
    return page(visitor, "accounts/list.html", mine=await accounts_of(doors, visitor.person))


@post("/accounts", opt=_VIEWER)
async def take_account(doors: Doors, visitor: Visitor, form: Form) -> Html:
    begun = await switch_account(doors, visitor.person, form.text("account"))
    return entered(visitor, begun, "/home", N_("You are in another account now."))


routes = [list_accounts, take_account]
