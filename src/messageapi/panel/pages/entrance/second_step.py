"""The second step of a login: a code from an app, a passkey or a recovery code. Which one is this login's is in a
cookie of ten minutes.
"""

from typing import Literal

from litestar import MediaType, Response, get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered, ways_of
from messageapi.panel.gate.addresses import local, with_next
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.factors import passkeys
from messageapi.people.factors.step import passkey_options, with_code, with_passkey, with_recovery_code
from messageapi.web.doors import Doors

Way = Literal["code", "passkey", "recovery"]
_OPEN = {"permission": "open"}
_STEPS = {"code": with_code, "passkey": with_passkey, "recovery": with_recovery_code}
_OVER = N_("That took too long. Log in again.")


@get("/second-step", opt=_OPEN)
async def show_second_step(doors: Doors, visitor: Visitor, way: Way | None = None, next: str = "") -> Html:  # noqa: A002 - ?next=
    if not visitor.second:
        return go(visitor, with_next("/login", next), _OVER, "bad")
    return _form(doors, visitor, way, local(next))


@post("/second-step", opt=_OPEN)
async def take_second_step(doors: Doors, visitor: Visitor, form: Form) -> Html:
    token, ways = ways_of(visitor.second)
    way, target = form.text("way"), local(form.text("next"))
    step = _STEPS.get(way if way in ways else ways[0])
    if not token or step is None:
        return go(visitor, with_next("/login", target), _OVER, "bad")
    try:
        begun = await step(doors, token, form.text("code"), seen_from=visitor.seen_from)
    except Problem as problem:
        if problem.code in ("login_expired", "link_invalid"):
            return go(visitor, with_next("/login", target), _OVER, "bad")
        return _form(doors, visitor, way, target, problem)
    return entered(visitor, begun, target)


@post("/second-step/passkey", opt=_OPEN)
async def ask_passkey(doors: Doors, visitor: Visitor) -> Response[str]:
    """What the browser needs to ask for the key; passkey.js hands it on."""
    token, _ = ways_of(visitor.second)
    return Response(await passkey_options(doors, token), media_type=MediaType.JSON)


def _form(doors: Doors, visitor: Visitor, way: str | None, target: str, problem: Problem | None = None) -> Html:
    """A passkey works at one address alone: elsewhere a code is asked for first."""
    _, ways = ways_of(visitor.second)
    keys_at = passkeys.home(doors)
    here = [each for each in ways if each != "passkey" or visitor.stands_at(keys_at) or "code" not in ways]
    chosen = way if way in ways else here[0]
    facts: dict[str, object] = {"ways": ways, "way": chosen, "target": target, "keys_at": keys_at}
    return page(visitor, "door/second_step.html", problem, **facts)


routes = [show_second_step, take_second_step, ask_passkey]
