"""How somebody logs in: password, second step, recovery codes, and the sessions that are open."""

from urllib.parse import parse_qs

import segno
from litestar import get, post

from messageapi.errors import Problem
from messageapi.panel.entering import entered, stays
from messageapi.panel.gate.forms import Form
from messageapi.panel.pages.settings.devices import device
from messageapi.panel.render import Html, go, page
from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor
from messageapi.people.factors import passkeys
from messageapi.people.factors.recovery import codes_left, renew_codes
from messageapi.people.factors.totp import ISSUER, Enabled, app_since, confirm_totp, remove_totp, start_totp
from messageapi.people.fresh import require_fresh
from messageapi.people.logins.sessions import end_other_sessions, end_session, sessions_of
from messageapi.people.reset import change_password
from messageapi.vocab.urls import parts_of
from messageapi.web.doors import Doors

_MINE = {"permission": "viewer"}
HOME = "/security"


@get(HOME, opt=_MINE)
async def show_security(doors: Doors, visitor: Visitor) -> Html:
    return await _page(doors, visitor)


@post("/security/password", opt=_MINE)
async def take_password(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        begun = await change_password(doors, visitor.person, old=form.secret("old"), new=form.secret("new"))
    except Problem as problem:
        return await _page(doors, visitor, problem)
    return entered(visitor, begun, HOME, N_("Password changed. You are logged out everywhere else."))


@post("/security/app", opt=_MINE)
async def start_app(doors: Doors, visitor: Visitor) -> Html:
    """Something is written, so this is no link: the secret that the app will hold."""
    return _app(visitor, (await start_totp(doors, visitor.person)).uri)


@post("/security/app/confirm", opt=_MINE)
async def take_app(doors: Doors, visitor: Visitor, form: Form) -> Html:
    try:
        enabled = await confirm_totp(doors, visitor.person, form.text("code"))
    except Problem as problem:
        if problem.code != "code_wrong":
            raise
        return _app(visitor, form.text("uri"), problem)
    return enabled_page(visitor, enabled, N_("Codes from your app are on. You are logged out everywhere else."))


@get("/security/app/remove", opt=_MINE)
async def show_remove_app(doors: Doors, visitor: Visitor) -> Html:
    require_fresh(doors, visitor.person)
    return page(visitor, "settings/remove_app.html")


@post("/security/app/remove", opt=_MINE)
async def take_remove_app(doors: Doors, visitor: Visitor) -> Html:
    await remove_totp(doors, visitor.person)
    return go(visitor, HOME, N_("Codes from the app are off."))


@post("/security/recovery-codes", opt=_MINE)
async def take_recovery_codes(doors: Doors, visitor: Visitor) -> Html:
    codes = await renew_codes(doors, visitor.person)
    return page(visitor, "settings/recovery_codes.html", codes=codes)


@post("/security/sessions/{session_id:str}/end", opt=_MINE)
async def take_end_session(doors: Doors, visitor: Visitor, session_id: str) -> Html:
    await end_session(doors, visitor.person, session_id)
    return go(visitor, HOME, N_("Session ended."))


@post("/security/sessions/end-others", opt=_MINE)
async def take_end_others(doors: Doors, visitor: Visitor) -> Html:
    await end_other_sessions(doors, visitor.person)
    return go(visitor, HOME, N_("You are logged out everywhere else."))


def enabled_page(visitor: Visitor, enabled: Enabled, flash: str) -> Html:
    """After a second factor was added: the recovery codes, if these are the first."""
    if enabled.recovery_codes is None:
        return entered(visitor, enabled.begun, HOME, flash)
    visitor, cookie = stays(visitor, enabled.begun)
    answer = page(visitor, "settings/recovery_codes.html", codes=enabled.recovery_codes)
    answer.set_cookie(cookie)
    return answer


def _app(visitor: Visitor, uri: str, problem: Problem | None = None) -> Html:
    parts = parts_of(uri)
    if parts.scheme != "otpauth" or len(uri) > 500:
        raise Problem("second_not_started", 409, "No app waits for its first code. Begin again.")
    drawn = segno.make(uri, error="m", micro=False).svg_data_uri(scale=4, border=3, light="#fff")
    secret = parse_qs(parts.query).get("secret", [""])[0]
    return page(visitor, "settings/app.html", problem, uri=uri, drawn=drawn, secret=secret, issuer=ISSUER)


async def _page(doors: Doors, visitor: Visitor, problem: Problem | None = None) -> Html:
    who = visitor.person
    facts: dict[str, object] = {
        "app_since": await app_since(doors, who),
        "keys": await passkeys.passkeys_of(doors, who),
        "keys_at": passkeys.home(doors),
        "codes_left": await codes_left(doors, who),
        "sessions": [(device(each.agent), each) for each in await sessions_of(doors, who)],
    }
    return page(visitor, "settings/security.html", problem, **facts)


routes = [
    show_security,
    take_password,
    start_app,
    take_app,
    show_remove_app,
    take_remove_app,
    take_recovery_codes,
    take_end_session,
    take_end_others,
]
