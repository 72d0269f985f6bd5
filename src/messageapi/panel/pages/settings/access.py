"""An operator looks at an account that lets them: what they ask, what its owners and admins answer, the way back."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.access import find
from messageapi.people.access.ask import ask
from messageapi.people.access.grant import HOURS, end, grant
from messageapi.people.access.look import leave, look
from messageapi.people.letters import ACCESS
from messageapi.web.doors import Doors

_ADMIN, _OPERATOR = {"permission": "admin"}, {"permission": "operator"}
_ACCOUNT = "/server/accounts/{account_id:str}"


@get(ACCESS, opt=_ADMIN)
async def show_access(doors: Doors, visitor: Visitor) -> Html:
    return await _page(doors, visitor)


@post("/access/{access_id:str}/grant", opt=_ADMIN)
async def take_grant(doors: Doors, visitor: Visitor, form: Form, access_id: str) -> Html:
    chosen = {str(each): each for each in HOURS}.get(form.text("hours"), 0)
    try:
        await grant(doors, visitor.person, access_id, hours=chosen)
    except Problem as problem:
        if problem.code == "hours_invalid":
            return await _page(doors, visitor, problem)
        raise
    return go(visitor, ACCESS, N_("The operator may look at this account now. End it whenever you like."))


@post("/access/{access_id:str}/end", opt=_ADMIN)
async def take_end(doors: Doors, visitor: Visitor, access_id: str) -> Html:
    await end(doors, visitor.person, access_id)
    return go(visitor, ACCESS, N_("The operator sees nothing of this account."))


@post("/access/leave", opt={"permission": "viewer", "looking": True})
async def take_leave(doors: Doors, visitor: Visitor) -> Html:
    return entered(visitor, await leave(doors, visitor.person), "/home", N_("You are back in your own account."))


@post(f"{_ACCOUNT}/ask", opt=_OPERATOR)
async def take_question(doors: Doors, visitor: Visitor, form: Form, account_id: str) -> Html:
    back = f"/server/accounts/{account_id}"
    try:
        await ask(doors, visitor.person, account_id, reason=form.text("reason"))
    except Problem as problem:
        if problem.status == 404:
            raise
        return go(visitor, back, problem.message, "bad")
    return go(visitor, back, N_("Asked. Its owners and admins got a mail; come back when they have answered."))


@post(f"{_ACCOUNT}/look", opt=_OPERATOR)
async def take_look(doors: Doors, visitor: Visitor, account_id: str) -> Html:
    return entered(visitor, await look(doors, visitor.person, account_id), "/home")


async def _page(doors: Doors, visitor: Visitor, problem: Problem | None = None) -> Html:
    async with doors.db.reading() as tx:
        found = await find.every_open(tx, visitor.caller, visitor.now)
    return page(visitor, "access/list.html", problem, found=found, hours=HOURS)


routes = [show_access, take_grant, take_end, take_leave, take_question, take_look]
