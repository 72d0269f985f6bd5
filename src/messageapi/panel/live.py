"""Parts of a page that htmx asks for again and again: sent anew only when what they show has changed.

So the focus of somebody who works with the keyboard stays where it is, and a poll costs next to nothing.
"""

import hashlib

from litestar import Response
from litestar.status_codes import HTTP_204_NO_CONTENT

from messageapi.panel.render import Html, page
from messageapi.panel.visitor import Visitor


def tag(*shown: object) -> str:
    """Differs when what is shown does."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def news(visitor: Visitor, template: str, seen: str, facts: dict[str, object]) -> Html:
    """The part, or 204 for one that the page has already: `facts["seen"]` is its tag now."""
    if seen and seen == facts["seen"]:
        return Response("", status_code=HTTP_204_NO_CONTENT)
    return page(visitor, template, **facts)
