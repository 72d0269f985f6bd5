"""The moment at which a visitor becomes somebody: the session's cookie is set, those of the way in are taken away."""

from messageapi.panel.flash import Tone
from messageapi.panel.gate import cookies
from messageapi.panel.render import Html, go
from messageapi.panel.visitor import Visitor
from messageapi.people.session import Begun


def entered(visitor: Visitor, begun: Begun, target: str, flash: str = "") -> Html:
    answer = go(visitor, target, flash)
    answer.set_cookie(cookies.made(cookies.SESSION, begun.token, https=visitor.https, seconds=begun.max_age))
    for name in (cookies.FORM, cookies.SECOND, cookies.PENDING):
        answer.set_cookie(cookies.ended(name, https=visitor.https))
    return answer


def left(visitor: Visitor, flash: str, tone: Tone = "plain") -> Html:
    """Browsers also forget what they kept of our pages."""
    answer = go(visitor, "/login", flash, tone)
    answer.set_cookie(cookies.ended(cookies.SESSION, https=visitor.https))
    answer.headers["clear-site-data"] = '"cache"'
    return answer
