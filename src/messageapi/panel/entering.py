"""The moment at which a visitor becomes somebody: the session's cookie is set, those of the way in are taken away."""

from dataclasses import replace

from litestar.datastructures import Cookie

from messageapi.panel.flash import Tone
from messageapi.panel.gate import cookies
from messageapi.panel.gate.addresses import with_next
from messageapi.panel.render import Html, go
from messageapi.panel.visitor import Visitor
from messageapi.people.logins.session import Begun
from messageapi.people.logins.sign_in import NeedsSecond
from messageapi.people.token import csrf_of

_TEN_MINUTES = 600


def entered(visitor: Visitor, begun: Begun | NeedsSecond, target: str, flash: str = "") -> Html:
    """On to where they wanted to be, or to the second step before."""
    if isinstance(begun, NeedsSecond):
        return _second_step(visitor, begun, target)
    answer = go(visitor, target, flash)
    answer.set_cookie(cookies.made(cookies.SESSION, begun.token, https=visitor.https, seconds=begun.max_age))
    for name in (cookies.FORM, cookies.SECOND, cookies.PENDING):
        answer.set_cookie(cookies.ended(name, https=visitor.https))
    return answer


def _second_step(visitor: Visitor, needed: NeedsSecond, target: str) -> Html:
    answer = go(visitor, with_next("/second-step", target))
    value = ".".join((needed.token, *needed.methods))
    answer.set_cookie(cookies.made(cookies.SECOND, value, https=visitor.https, seconds=_TEN_MINUTES))
    return answer


def ways_of(cookie: str) -> tuple[str, list[str]]:
    """The login's token, and by which ways it can be completed. A made-up way is refused when it is tried."""
    token, *ways = cookie.split(".")
    return token, [way for way in ways if way in ("code", "passkey", "recovery")] or ["code"]


def stays(visitor: Visitor, begun: Begun) -> tuple[Visitor, Cookie]:
    """For a page that is shown at once although the session has a new token: its forms carry what fits that one."""
    cookie = cookies.made(cookies.SESSION, begun.token, https=visitor.https, seconds=begun.max_age)
    return replace(visitor, token=csrf_of(begun.token)), cookie


def left(visitor: Visitor, flash: str, tone: Tone = "plain") -> Html:
    """Browsers also forget what they kept of our pages."""
    answer = go(visitor, "/login", flash, tone)
    answer.set_cookie(cookies.ended(cookies.SESSION, https=visitor.https))
    answer.headers["clear-site-data"] = '"cache"'
    return answer
