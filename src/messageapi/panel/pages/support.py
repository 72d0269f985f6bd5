"""Questions of people, for the operator: the list, one with its answers, answering and closing."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.gate.forms import Form
from messageapi.panel.look import Badge
from messageapi.panel.render import Html, go, page
from messageapi.panel.visitor import Visitor
from messageapi.support import inbox
from messageapi.support.answer import LONGEST, answer, close
from messageapi.support.request import State
from messageapi.web.doors import Doors

PER_PAGE = 25
_OPERATOR = {"permission": "operator"}
STATES: dict[State, Badge] = {
    "open": Badge("wait", "Open", "inbox"),
    "answered": Badge("good", "Answered", "check"),
    "closed": Badge("plain", "Closed", "archive"),
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
    return go(visitor, "/support", "The answer is on its way.")


@post("/support/{request_id:str}/close", opt=_OPERATOR)
async def take_close(doors: Doors, visitor: Visitor, request_id: str) -> Html:
    await close(doors, request_id)
    return go(visitor, "/support", "Question closed.")


async def _one(doors: Doors, visitor: Visitor, request_id: str, problem: Problem | None = None) -> Html:
    found = await inbox.one(doors, request_id)
    status = problem.status if problem else 200
    facts: dict[str, object] = {"asked": found, "problem": problem, "states": STATES, "longest": LONGEST}
    return page(visitor, "support/one.html", status=status, **facts)


routes = [list_questions, show_question, take_answer, take_close]
