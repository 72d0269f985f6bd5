"""Every page, from the router: who may open it, and that no form of it is taken from another site."""

from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler

from messageapi.keys.create import create_key
from messageapi.panel.gate.roles import PERMISSIONS
from messageapi.panel.pages import ROUTES as PANEL
from messageapi.site.pages import ROUTES as SITE

ROUTES = (*PANEL, *SITE)
NOBODYS = {
    "section": "howto",
    "name": "nothing",
    "key_id": "key_nobody",
    "number_id": "num_nobody",
    "message_id": "msg_nobody",
    "request_id": "sup_nobody",
    "email_id": "ntc_nobody",
    "webhook_id": "whk_nobody",
    "event_id": "evt_nobody",
    "session_id": "ses_nobody",
    "passkey_id": "psk_nobody",
    "person_id": "per_nobody",
    "account_id": "acc_nobody",
    "invitation_id": "inv_nobody",
}
"""For every name in a page's address an id that is nobody's. A new name belongs here."""
ORDER = ("viewer", "admin", "owner")


def _of(*routes: HTTPRouteHandler) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=lambda route: f"{_method(route)} {_pattern(route)}")


def _method(route: HTTPRouteHandler) -> str:
    return str(next(iter(route.http_methods)))


def _pattern(route: HTTPRouteHandler) -> str:
    return next(iter(route.paths))


def _path(route: HTTPRouteHandler) -> str:
    return _pattern(route).replace(":str}", "}").format(**NOBODYS)


CLOSED = _of(*(route for route in ROUTES if route.opt["permission"] != "open"))
FORMS = _of(*(route for route in ROUTES if _method(route) == "POST"))
OF_ONE_THING = _of(*(route for route in ROUTES if "{" in _pattern(route) and route.opt["permission"] != "open"))


@_of(*ROUTES)
def test_it_says_who_may_open_it(route: HTTPRouteHandler) -> None:
    assert route.opt["permission"] in PERMISSIONS


@_of(*ROUTES)
def test_it_is_read_with_get_and_changed_with_post(route: HTTPRouteHandler) -> None:
    assert route.http_methods in ({"GET"}, {"POST"})


@CLOSED
async def test_a_stranger_is_led_to_the_login(stranger: Any, route: HTTPRouteHandler) -> None:
    answer = await (stranger.get(_path(route)) if _method(route) == "GET" else stranger.post(_path(route), {}))
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == "/login"


@CLOSED
async def test_a_session_that_ended_opens_nothing(ada: Any, route: HTTPRouteHandler) -> None:
    await ada.send("/logout", on="/home")
    ada.hold("ada-was-here")
    assert (await ada.get(_path(route))).status_code in (303, 405)


@CLOSED
async def test_roles_below_the_one_it_asks_for_are_refused(
    ada: Any, abel: Any, bob: Any, route: HTTPRouteHandler
) -> None:
    for role, somebody in zip(ORDER, (bob, abel, ada), strict=True):
        path = _path(route)
        answer = await (somebody.get(path) if _method(route) == "GET" else somebody.send(path, on="/home"))
        wanted = route.opt["permission"]
        if wanted == "operator":
            assert answer.status_code == 404
        elif ORDER.index(role) < ORDER.index(wanted):
            assert answer.status_code == 403
            assert "Ask an owner" in answer.text
        else:
            assert "Ask an owner" not in answer.text


@FORMS
async def test_a_form_without_our_token_is_refused(olga: Any, route: HTTPRouteHandler) -> None:
    for token in ("", "x" * 43):
        answer = await olga.post(_path(route), {"csrf": token})
        assert (answer.status_code, "another site sent it" in answer.text) == (403, True)


@FORMS
async def test_a_form_of_another_site_is_refused_even_with_the_token(olga: Any, route: HTTPRouteHandler) -> None:
    for site in ("cross-site", "same-site"):
        token = (await olga.get("/home")).text.split('name="csrf" value="')[1].split('"')[0]
        answer = await olga.post(_path(route), {"csrf": token}, sec_fetch_site=site)
        assert answer.status_code == 403


@OF_ONE_THING
async def test_what_is_nobodys_is_not_there(ada: Any, route: HTTPRouteHandler) -> None:
    answer = await (ada.get(_path(route)) if _method(route) == "GET" else ada.send(_path(route), on="/home"))
    assert answer.status_code in (403, 404)


async def test_what_is_anothers_is_not_there_either(ada: Any, nora: Any, doors: Any) -> None:
    key = await create_key(doors, ada.caller, name="Web shop")
    refused = [await nora.get(f"/keys/{key.id}/revoke"), await nora.send(f"/keys/{key.id}/revoke", on="/home")]
    assert [answer.status_code for answer in refused] == [404, 404]
    assert "Web shop" not in "".join(answer.text for answer in refused)
    assert "Web shop" in (await ada.get("/keys")).text


@_of(*(route for route in ROUTES if _method(route) == "GET" and not route.opt.get("shared")))
async def test_unknown_and_repeated_parameters_are_refused(olga: Any, route: HTTPRouteHandler) -> None:
    assert (await olga.get(_path(route) + "?account_id=acc_other")).status_code in (400, 403)
