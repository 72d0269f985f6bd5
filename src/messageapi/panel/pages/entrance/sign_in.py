"""Log in, and out again."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered, left
from messageapi.panel.gate.addresses import local
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.logins.sign_in import sign_in
from messageapi.people.logins.sign_out import sign_out
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}


@get("/login", opt=_OPEN)
async def show_login(doors: Doors, visitor: Visitor, next: str = "") -> Html:  # noqa: A002 - the address says ?next=
    if visitor.signed_in:
        return go(visitor, local(next))
    return login_page(doors, visitor, {"next": local(next)})


@post("/login", opt=_OPEN)
async def log_in(doors: Doors, visitor: Visitor, form: Form) -> Html:
    email, password = form.text("email"), form.secret("password")
    try:
        begun = await sign_in(doors, email=email, password=password, seen_from=visitor.seen_from)
    except Problem as problem:
        return login_page(doors, visitor, form.values(without=("password",)), problem)
    return entered(visitor, begun, local(form.text("next")))


def login_page(doors: Doors, visitor: Visitor, values: dict[str, str], problem: Problem | None = None) -> Html:
    return page(
        visitor,
        "door/login.html",
        problem,
        values=values,
        sign_up=doors.settings.sign_up == "open",
    )


@post("/logout", opt={**_OPEN, "looking": True})
async def log_out(doors: Doors, visitor: Visitor) -> Html:
    """Open to all: whose session is over already wants to be gone as well."""
    if visitor.session:
        await sign_out(doors, visitor.session)
    return left(visitor, N_("You are logged out."))


routes = [show_login, log_in, log_out]
