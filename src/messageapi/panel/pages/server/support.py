"""Questions of people, for the operator: the list, one with its answers, answering and closing."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.gate.forms import Form
from messageapi.panel.look import Badge
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.support import inbox
from messageapi.support.answer import LONGEST, answer, close
from messageapi.support.request import State
from messageapi.web.doors import Doors

PER_PAGE = 25
_OPERATOR = {"permission": "operator"}
STATES: dict[State, Badge] = {
    "open": Badge("wait", N_("Open"), "inbox"),
    "answered": Badge("good", N_("Answered"), "check"),
    "closed": Badge("plain", N_("Closed"), "archive"),
}


@get("/support", opt=_OPERATOR)
async def list_questions(doors: Doors, visitor: Visitor, show: State = "open", cursor: str | None = None) -> Html:
    found = await inbox.newest(doors, state=show, before=cursor, most=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    more = shown[-1].id if len(found) > PER_PAGE else ""
    return page(visitor, "support/list.html", shown=shown, show=show, more=more, later=bool(cursor), states=STATES)


@get("/support/{request_id:str}", opt=_OPERATOR)
async def show_question(doors: Doors, visitor: Visitor, request_id: str) -> Html:
    return await _one(doors, visitor, request_id)


@post("/support/{request_id:str}/answer", opt=_OPERATOR)
async def take_answer(doors: Doors, visitor: Visitor, form: Form, request_id: str) -> Html:
    try:
        await answer(doors, request_id, form.text("text"), by=visitor.person.name)
    except Problem as problem:
        if problem.status != 422:
            raise
        return await _one(doors, visitor, request_id, problem)
    return go(visitor, "/support", N_("The answer is on its way."))


@post("/support/{request_id:str}/close", opt=_OPERATOR)
async def take_close(doors: Doors, visitor: Visitor, request_id: str) -> Html:
    await close(doors, request_id)
    return go(visitor, "/support", N_("Question closed."))


async def _one(doors: Doors, visitor: Visitor, request_id: str, problem: Problem | None = None) -> Html:
    found = await inbox.one(doors, request_id)
    return page(visitor, "support/one.html", problem, asked=found, states=STATES, longest=LONGEST)


routes = [list_questions, show_question, take_answer, take_close]
