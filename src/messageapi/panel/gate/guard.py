"""The panel's guard: finds the visitor, asks the route's permission of them, and lets only our own forms change
anything.
"""

from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from messageapi.errors import Problem
from messageapi.panel.flash import read as read_flash
from messageapi.panel.gate import cookies, multipart
from messageapi.panel.gate.forms import Form, form_outdated, new_token, require_token
from messageapi.panel.gate.origin import same_origin
from messageapi.panel.gate.roles import may
from messageapi.panel.surroundings import Surroundings, surroundings
from messageapi.panel.visitor import SCOPE_KEY, Theme, Visitor
from messageapi.people.logins.session import resolve
from messageapi.people.person import SeenFrom
from messageapi.web.address import parameters, refuse_strays
from messageapi.web.gate import key_in_address
from messageapi.web.visit import visit
from messageapi.words.catalogue import language_of

FORM_KEY = "messageapi.form"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_THEMES: dict[str, Theme] = {"light": "light", "dark": "dark"}

Connection = ASGIConnection[Any, Any, Any, Any]


class NotSignedInError(Exception):
    """The page is for those who are signed in; answered by the way to the login."""


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Before every route. Puts the visitor, and the form they sent, into the scope. To the addresses of pages that are
    `shared` other sites add parameters of their own, which mean nothing here.
    """
    if handler.opt.get("asset"):
        return
    around = surroundings(connection.scope)
    visitor = await _visitor(connection, around)
    scope = cast("dict[str, Any]", connection.scope)
    scope[SCOPE_KEY] = visitor
    permission = str(handler.opt["permission"])
    if visitor.signed_in is None:
        around.strangers.count(connection.scope)
        if permission != "open":
            raise NotSignedInError
    else:
        _require_role(visitor, permission)
        await _require_own(connection, handler, visitor, around)
        visit(connection.scope).caller = visitor.caller
    if visit(connection.scope).key_in_query:
        raise key_in_address()
    if not handler.opt.get("shared"):
        refuse_strays(parameters(connection.scope["query_string"]), handler.opt["parameters"])
    if scope["method"] not in _SAFE:
        scope[FORM_KEY] = await _read_form(connection, visitor, around)


def _require_role(visitor: Visitor, permission: str) -> None:
    person = visitor.person
    if may(person.role, permission, operator=person.operator):
        return
    if permission == "operator":  # nobody else needs to know that there is such a page
        raise Problem("route_unknown", 404, "There is nothing at this address.")
    raise Problem(
        "role_missing", 403, f"Your role in this account is {person.role}. Ask an owner for the role {permission}."
    )


async def _require_own(
    connection: Connection, handler: BaseRouteHandler, visitor: Visitor, around: Surroundings
) -> None:
    """Who only looks at an account changes nothing in it, and each page they see is noted there first. Open ones too,
    for the quickstart shows a number of the account's; the operator's own are about no account.
    """
    if visitor.person.looking is None or handler.opt.get("looking"):
        return
    if cast("dict[str, Any]", connection.scope)["method"] not in _SAFE:
        raise Problem(
            "only_looking", 403, "You look at somebody's account and change nothing there. Stop looking first."
        )
    if handler.opt["permission"] != "operator":
        await around.sights.saw(visitor.person, str(connection.scope["path"]))


async def _visitor(connection: Connection, around: Surroundings) -> Visitor:
    https, headers = around.https, connection.headers
    jar = headers.get("cookie", "")
    session = cookies.given(jar, cookies.SESSION, https=https)
    signed_in = await resolve(around.doors, session) if session else None
    form_token = cookies.given(jar, cookies.FORM, https=https)
    return Visitor(
        path=_address(connection),
        now=around.doors.clock(),
        token=signed_in.csrf if signed_in else form_token or new_token(),
        fresh_token=signed_in is None and not form_token,
        https=https,
        seen_from=SeenFrom(around.strangers.origin(connection.scope), headers.get("user-agent", "")[:200]),
        host=headers.get("host", ""),
        request_id=visit(connection.scope).request_id,
        spoken=language_of(headers.get("accept-language", "")),
        theme=_THEMES.get(cookies.given(jar, cookies.THEME, https=https), "system"),
        piece="hx-request" in headers,
        signed_in=signed_in,
        session=session if signed_in else "",
        pending=cookies.given(jar, cookies.PENDING, https=https),
        second=cookies.given(jar, cookies.SECOND, https=https),
        flash=read_flash(cookies.given(jar, cookies.FLASH, https=https)),
    )


def _address(connection: Connection) -> str:
    query = connection.scope["query_string"].decode("latin-1")
    path = str(connection.scope["path"])
    return f"{path}?{query}" if query else path


async def _read_form(connection: Connection, visitor: Visitor, around: Surroundings) -> Form:
    if not same_origin(connection.headers, around.doors.settings.base_url):
        raise form_outdated()
    parts = await _parts(cast("Request[Any, Any, Any]", connection))
    require_token("" if visitor.fresh_token else visitor.token, parts.fields, connection.headers)
    return Form(parts.fields, parts.files)


async def _parts(request: Request[Any, Any, Any]) -> multipart.Parts:
    body = await request.body()
    if request.content_type[0].lower() == multipart.KIND:
        return multipart.read(body, request.headers["content-type"])
    return multipart.Parts(parameters(body), {})


def form_of(scope: Any) -> Form:
    """The form of this request; nothing for pages that are only read."""
    return cast("Form", scope.get(FORM_KEY) or Form())
