"""The form by which anybody reaches whoever runs the server."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, page
from messageapi.panel.visitor import Visitor
from messageapi.support.ask import LONGEST, NAME, SUBJECT, ask
from messageapi.support.request import Question
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}
TRAP = "website"
"""A field that people do not see and programs fill in."""


@get("/contact", opt=_OPEN)
async def show_contact(visitor: Visitor) -> Html:
    me = visitor.signed_in
    return _form(visitor, {"name": me.name, "email": me.email} if me else {})


@post("/contact", opt=_OPEN)
async def take_contact(doors: Doors, visitor: Visitor, form: Form) -> Html:
    question = Question(
        name=form.text("name"),
        email=form.text("email"),
        subject=form.text("subject"),
        text=form.text("text"),
        language=visitor.language,
    )
    if form.on(TRAP):
        return _sent(visitor, question)
    account_id = visitor.signed_in.account_id if visitor.signed_in else None
    try:
        await ask(doors, question, seen_from=visitor.seen_from.address, account_id=account_id)
    except Problem as problem:
        return _form(visitor, form.values(without=(TRAP,)), problem)
    return _sent(visitor, question)


def _sent(visitor: Visitor, question: Question) -> Html:
    return page(visitor, "support/sent.html", email=question.email)


def _form(visitor: Visitor, values: dict[str, str], problem: Problem | None = None) -> Html:
    facts: dict[str, object] = {"longest": {"name": NAME, "subject": SUBJECT, "text": LONGEST}, "trap": TRAP}
    return page(visitor, "support/contact.html", problem, values=values, **facts)


routes = [show_contact, take_contact]
