"""What a visitor likes, kept in their browser."""

from litestar import post

from messageapi.panel.gate import cookies
from messageapi.panel.gate.addresses import local
from messageapi.panel.gate.forms import Form
from messageapi.panel.render import Html, go
from messageapi.panel.visitor import Visitor

_THEMES = ("light", "dark", "system")
_A_YEAR = 31_536_000


@post("/theme", opt={"permission": "open", "looking": True})
async def choose_theme(visitor: Visitor, form: Form) -> Html:
    """For browsers without scripts; with them the choice is made in the page."""
    answer = go(visitor, local(form.text("back")))
    theme = form.text("theme")
    if theme in _THEMES:
        answer.set_cookie(cookies.made(cookies.THEME, theme, https=visitor.https, seconds=_A_YEAR))
    return answer


routes = [choose_theme]
