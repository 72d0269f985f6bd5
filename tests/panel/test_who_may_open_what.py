"""Every page, from the router: who may open it, and that no form of it is taken from another site.

What is refused changes nothing, so tests of that share one panel, the `standing` one.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from litestar.handlers import HTTPRouteHandler

from messageapi.accounts.create import create_account
from messageapi.keys.create import create_key
from messageapi.panel.gate.roles import PERMISSIONS
from messageapi.panel.pages import ROUTES as PANEL
from messageapi.site.pages import ROUTES as SITE
from messageapi.vocab.caller import operator_for

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
    "access_id": "acs_nobody",
}
"""For every name in a page's address an id that is nobody's. A new name belongs here."""
ORDER = ("viewer", "admin", "owner")
shared = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Standing:
    """In front of one panel. Lena's browser holds a session that she has ended."""

    stranger: Any
    ada: Any
    olga: Any
    lena: Any


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(
    staging: ModuleType, visiting: Any, standing_doors: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Standing]:
    async with standing_doors(tmp_path_factory.mktemp("standing")) as doors:
        account = operator_for(await create_account(doors, name="Lovelace Shop", email="shop@example.com"))
        async with visiting(doors) as browser:
            stranger, ada, olga, lena = [browser() for _ in range(4)]
            for name, somebody in (("Ada", ada), ("Olga", olga), ("Lena", lena)):
                email = f"{name.lower()}@example.com"
                somebody.hold(session := await staging.enter(doors, account, name, email, "owner"))
            await staging.make_operator(doors, "olga@example.com")
            assert (await lena.get("/home")).status_code == 200
            await lena.send("/logout", on="/home")
            lena.hold(session)
            yield Standing(stranger, ada, olga, lena)


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
@shared
@pytest.mark.parametrize("who", ["stranger", "lena"])
async def test_without_a_session_that_lasts_one_is_led_to_the_login(
    standing: Standing, route: HTTPRouteHandler, who: str
) -> None:
    somebody = getattr(standing, who)
    answer = await (somebody.get(_path(route)) if _method(route) == "GET" else somebody.post(_path(route), {}))
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == "/login"


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
@shared
async def test_a_form_without_our_token_is_refused(standing: Standing, route: HTTPRouteHandler) -> None:
    for token in ("", "x" * 43):
        answer = await standing.olga.post(_path(route), {"csrf": token})
        assert (answer.status_code, "another site sent it" in answer.text) == (403, True)


@FORMS
@shared
async def test_a_form_of_another_site_is_refused_even_with_the_token(
    standing: Standing, route: HTTPRouteHandler
) -> None:
    for site in ("cross-site", "same-site"):
        token = (await standing.olga.get("/home")).text.split('name="csrf" value="')[1].split('"')[0]
        answer = await standing.olga.post(_path(route), {"csrf": token}, sec_fetch_site=site)
        assert answer.status_code == 403


@OF_ONE_THING
@shared
async def test_what_is_nobodys_is_not_there(standing: Standing, route: HTTPRouteHandler) -> None:
    path, ada = _path(route), standing.ada
    answer = await (ada.get(path) if _method(route) == "GET" else ada.send(path, on="/home"))
    assert answer.status_code in (403, 404)


async def test_what_is_anothers_is_not_there_either(ada: Any, nora: Any, doors: Any) -> None:
    key = await create_key(doors, ada.caller, name="Web shop")
    refused = [await nora.get(f"/keys/{key.id}/revoke"), await nora.send(f"/keys/{key.id}/revoke", on="/home")]
    assert [answer.status_code for answer in refused] == [404, 404]
    assert "Web shop" not in "".join(answer.text for answer in refused)
    assert "Web shop" in (await ada.get("/keys")).text


@_of(*(route for route in ROUTES if _method(route) == "GET" and not route.opt.get("shared")))
@shared
async def test_unknown_and_repeated_parameters_are_refused(standing: Standing, route: HTTPRouteHandler) -> None:
    assert (await standing.olga.get(_path(route) + "?account_id=acc_other")).status_code in (400, 403)
