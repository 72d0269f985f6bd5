"""Sign up, and confirm the email. A mail's link shows a page with a button: programs that look at mails open links."""

from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered
from messageapi.panel.gate import cookies
from messageapi.panel.gate.forms import Form
from messageapi.panel.pages.entrance.sign_in import login_page
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.person import Newcomer
from messageapi.people.sign_up import send_again, sign_up, verify
from messageapi.people.token import new_token
from messageapi.web.doors import Doors

_OPEN = {"permission": "open"}
_A_DAY = 86_400


@get("/sign-up", opt=_OPEN)
async def show_sign_up(doors: Doors, visitor: Visitor) -> Html:
    if visitor.signed_in:
        return go(visitor, "/home")
    if doors.settings.sign_up != "open":
        return page(visitor, "door/sign_up_closed.html")
    return page(visitor, "door/sign_up.html", values={})


@post("/sign-up", opt=_OPEN)
async def take_sign_up(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        pending = await sign_up(doors, newcomer(form, visitor), seen_from=visitor.seen_from)
    except Problem as problem:
        values = form.values(without=("password",))
        return page(visitor, "door/sign_up.html", problem, values=values)
    return _waits(visitor, form.text("email"), pending)


def newcomer(form: Form, visitor: Visitor) -> Newcomer:
    return Newcomer(
        name=form.text("name"),
        email=form.text("email"),
        password=form.secret("password"),
        time_zone=form.text("time_zone") or "UTC",
        language=visitor.language,
    )


def _waits(visitor: Visitor, email: str, pending: str) -> Html:
    answer = page(visitor, "door/check_mail.html", email=email)
    answer.set_cookie(cookies.made(cookies.PENDING, pending, https=visitor.https, seconds=_A_DAY))
    return answer


@post("/verify/again", opt=_OPEN)
async def mail_again(doors: Doors, visitor: Visitor, form: Form) -> Html:
    pending = visitor.pending or new_token()
    try:
        await send_again(doors, email=form.text("email"), pending=pending, seen_from=visitor.seen_from)
    except Problem as problem:
        return login_page(doors, visitor, form.values(), problem)
    return _waits(visitor, form.text("email"), pending)


@get("/verify", opt=_OPEN)
async def show_verify(visitor: Visitor, token: str = "") -> Html:
    return _verify(visitor, token, ask=not visitor.pending)


@post("/verify", opt=_OPEN)
async def take_verify(doors: Doors, visitor: Visitor, form: Form) -> Html:
    token, password = form.text("token"), form.secret("password") or None
    pending = visitor.pending or None
    try:
        begun = await verify(doors, token, seen_from=visitor.seen_from, pending=pending, password=password)
    except Problem as problem:
        if problem.code == "password_needed":
            return _verify(visitor, token, ask=True)
        return _verify(visitor, token, ask=password is not None, problem=problem)
    return entered(visitor, begun, "/home", N_("Your email is confirmed. Welcome."))


def _verify(visitor: Visitor, token: str, *, ask: bool, problem: Problem | None = None) -> Html:
    return page(visitor, "door/verify.html", problem, link=token, ask=ask)


routes = [show_sign_up, take_sign_up, mail_again, show_verify, take_verify]
