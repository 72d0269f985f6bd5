"""Turns a template and its facts into a page: in the visitor's language, in the frame or as a piece for htmx, with the
policy that nothing but our own files loads.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from messageapi.errors import Problem
from messageapi.panel import look, statics
from messageapi.panel.flash import Flash, Tone, written
from messageapi.panel.gate import cookies
from messageapi.panel.gate.forms import masked
from messageapi.panel.icons import icon
from messageapi.panel.navigation import navigation
from messageapi.panel.visitor import Visitor
from messageapi.words.catalogue import speaking

_TEMPLATES = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
Html = Response[str]


@lru_cache(maxsize=32)
def _environment(language: str, folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader([folder, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"icon": icon, "asset": statics.address, **look.GLOBALS}
    made.filters |= {"masked": masked, **look.FILTERS}
    return speaking(made, language)


def drawn(visitor: Visitor, folder: Path, template: str, facts: Mapping[str, object]) -> str:
    """The same for a template of another folder, which may build on ours."""
    whole = "frames/shell.html" if visitor.signed_in else "frames/door.html"
    frame = "frames/piece.html" if visitor.piece else whole
    known = {"visitor": visitor, "me": visitor.signed_in, "frame": frame, "navigation": navigation(visitor)}
    return _environment(visitor.language, folder).get_template(template).render({**known, **facts})


def page(visitor: Visitor, template: str, problem: Problem | None = None, /, **facts: object) -> Html:
    """A page, or the piece of it that htmx asked for. `problem`: what a verb refused; its status is the answer's."""
    words = drawn(visitor, _TEMPLATES, template, {"problem": problem, **facts})
    return told(visitor, words, status=problem.status if problem else 200)


def told(visitor: Visitor, words: str, *, status: int = 200) -> Html:
    """These words as the answer. What was flashed is shown now and not again."""
    answer = Response(
        words,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"content-security-policy": POLICY, "referrer-policy": "same-origin", "vary": "hx-request"},
    )
    if visitor.flash and not visitor.piece:
        answer.set_cookie(cookies.ended(cookies.FLASH, https=visitor.https))
    if visitor.fresh_token:
        answer.set_cookie(cookies.made(cookies.FORM, visitor.token, https=visitor.https, same_site="strict"))
    return answer


def go(visitor: Visitor, address: str, flash: str = "", tone: Tone = "good") -> Html:
    """After a form: on to a page of ours. htmx is told to load it as a whole."""
    if visitor.piece:
        answer = Response("", status_code=200, media_type=MediaType.HTML, headers={"hx-redirect": address})
    else:
        answer = Response("", status_code=303, media_type=MediaType.HTML, headers={"location": address})
    if flash:
        value = written(Flash(flash, tone))
        answer.set_cookie(cookies.made(cookies.FLASH, value, https=visitor.https, seconds=60))
    return answer
