"""The ways in and out."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.notices.shown import newest
from messageapi.panel.gate.addresses import local
from messageapi.panel.gate.origin import same_origin
from messageapi.people.first_start import first_start_link

PASSWORD = "correct horse battery staple"
LOGIN = {"email": "ada@example.com", "password": PASSWORD}
NEWCOMER = {
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "password": "three random words",
    "time_zone": "Europe/Paris",
}
AWAY = (
    "//evil.example",
    "///evil.example",
    "///",
    "https://evil.example/home",
    "/\\evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "home",
    "/" + "a" * 600,
    "/hömé",
    "//[",
    "http://[",
)


async def test_a_login_leads_home_with_a_session_that_scripts_cannot_read(ada: Any, stranger: Any) -> None:
    answer = await stranger.send("/login", LOGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await stranger.get("/home")).status_code == 200


async def test_a_login_leads_back_to_the_page_that_asked_for_it(ada: Any, stranger: Any) -> None:
    asked = await stranger.get("/keys?show=ended")
    assert asked.headers["location"] == "/login?next=/keys%3Fshow%3Dended"
    assert 'name="next" value="/keys?show=ended"' in (await stranger.get(asked.headers["location"])).text
    answer = await stranger.send("/login", {**LOGIN, "next": "/keys?show=ended"})
    assert answer.headers["location"] == "/keys?show=ended"


@pytest.mark.parametrize("target", AWAY)
async def test_a_login_never_leads_to_another_site(ada: Any, stranger: Any, target: str) -> None:
    assert local(target) == "/home"
    answer = await stranger.send("/login", {**LOGIN, "next": target})
    assert answer.headers["location"] == "/home"


@pytest.mark.parametrize("place", ["/login?next=//[", "/confirm?next=//["])
async def test_what_is_no_address_at_all_leads_home(ada: Any, stranger: Any, place: str) -> None:
    answer = await (ada if "confirm" in place else stranger).get(place)
    assert answer.status_code == 200
    assert "//[" not in answer.text


@given(st.text() | st.text("/[]@:?#.a\\"))
def test_whatever_is_asked_for_stays_here(text: str) -> None:
    target = local(text)
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))


async def test_a_wrong_password_shows_the_form_again_without_it(ada: Any, stranger: Any) -> None:
    answer = await stranger.send("/login", {**LOGIN, "password": "not this one"})
    assert answer.status_code == 401
    assert 'value="ada@example.com"' in answer.text
    assert "not this one" not in answer.text
    assert not stranger.client.cookies.get("session")


async def test_logging_out_ends_the_session_everywhere(ada: Any, stranger: Any) -> None:
    stranger.hold(ada.client.cookies["session"])
    answer = await ada.send("/logout", on="/home")
    assert answer.headers["location"] == "/login"
    assert (await stranger.get("/home")).status_code == 303


async def test_somebody_new_signs_up_and_confirms_their_email(stranger: Any, doors: Any) -> None:
    told = await stranger.send("/sign-up", NEWCOMER)
    assert "grace@example.com" in told.text
    link = await _link_in_mail(doors)
    shown = await stranger.get(link)
    assert shown.status_code == 200
    assert (await stranger.get("/home")).status_code == 303, "reading a link changes nothing"
    token = link.partition("token=")[2]
    answer = await stranger.send("/verify", {"token": token}, on=link)
    assert answer.headers["location"] == "/home"
    page = await stranger.get("/home")
    assert "Your email is confirmed" in page.text
    assert "Grace Hopper" in page.text


async def test_whoever_opens_the_mail_elsewhere_needs_the_password(stranger: Any, browser: Any, doors: Any) -> None:
    await stranger.send("/sign-up", NEWCOMER)
    link = await _link_in_mail(doors)
    elsewhere, token = browser(), link.partition("token=")[2]
    assert "enter the password" in (await elsewhere.get(link)).text
    assert (await elsewhere.send("/verify", {"token": token, "password": "wrong one"}, on=link)).status_code == 403
    right = await elsewhere.send("/verify", {"token": token, "password": NEWCOMER["password"]}, on=link)
    assert right.headers["location"] == "/home"


async def test_a_link_that_is_over_offers_another(stranger: Any, doors: Any) -> None:
    await stranger.send("/sign-up", NEWCOMER)
    path = "/verify?token=" + "x" * 43
    refused = await stranger.send("/verify", {"token": "x" * 43, "password": "x"}, on=path)
    assert refused.status_code == 404
    assert "Send a new link" in refused.text
    assert 'name="password"' not in refused.text
    again = await stranger.send("/verify/again", {"email": NEWCOMER["email"]}, on="/login")
    assert NEWCOMER["email"] in again.text
    await _link_in_mail(doors)


async def _link_in_mail(doors: Any) -> str:
    await _deliver(doors)
    letters = await newest(doors)
    found = re.search(r"/verify\?token=[\w-]+", letters[0].text if letters else "")
    assert found
    return found[0]


async def _deliver(doors: Any) -> None:
    from messageapi.notices.send import send_due  # noqa: PLC0415 - the worker's part

    await send_due(doors)


async def test_a_refused_sign_up_keeps_what_was_typed_but_not_the_password(stranger: Any) -> None:
    answer = await stranger.send("/sign-up", {**NEWCOMER, "password": "password"})
    assert answer.status_code == 422
    assert 'value="Grace Hopper"' in answer.text
    assert 'value="password"' not in answer.text


async def test_the_first_person_comes_by_the_link_on_the_console(stranger: Any, doors: Any, account: Any) -> None:
    link = (await first_start_link(doors, account.account_id) or "").removeprefix(doors.settings.base_url)
    token = link.partition("token=")[2]
    answer = await stranger.send("/first-start", {**NEWCOMER, "token": token}, on=link)
    assert answer.headers["location"] == "/home"
    assert (await stranger.get(link)).status_code == 404, "it works once"


async def test_a_made_up_first_start_link_is_a_page_that_says_so(stranger: Any) -> None:
    answer = await stranger.get("/first-start?token=guess")
    assert answer.status_code == 404
    assert "expired" in answer.text


async def test_a_form_from_before_the_login_is_refused_after_it(ada: Any, stranger: Any) -> None:
    before = (await stranger.get("/login")).text.split('name="csrf" value="')[1].split('"')[0]
    await stranger.send("/login", LOGIN)
    assert (await stranger.post("/keys", {"csrf": before, "name": "x"})).status_code == 403


BASE = "https://panel.example"
ORIGINS: tuple[tuple[dict[str, str], bool], ...] = (
    ({"sec-fetch-site": "same-origin"}, True),
    ({"sec-fetch-site": "none"}, True),
    ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "cross-site", "origin": BASE}, False),
    ({"origin": BASE}, True),
    ({"origin": "http://10.0.0.2:8080", "host": "10.0.0.2:8080"}, True),
    ({"origin": "https://evil.example", "host": "panel.example"}, False),
    ({"origin": "null", "host": "panel.example"}, False),
    ({"host": "panel.example"}, False),
    ({"origin": "http://[", "host": "panel.example"}, False),
    ({"origin": "http://["}, False),
    ({}, False),
)


@pytest.mark.parametrize(("headers", "ours"), ORIGINS)
def test_only_our_own_pages_send_forms(headers: dict[str, str], ours: bool) -> None:
    assert same_origin(headers, BASE) is ours
