"""Profile and security: what somebody changes about themselves, and what that ends."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pyotp
import pytest

from messageapi.notices.send import send_due
from messageapi.notices.shown import newest
from messageapi.panel.pages.settings.devices import UNKNOWN, device
from messageapi.people.factors.passkeys import home

CODE = re.compile(r"<li>((?:\w{4}-){3}\w{4})</li>")
URI = re.compile(r'name="uri" value="([^"]+)"')


async def _app(somebody: Any) -> tuple[str, Any]:
    """Begun: the address that goes into the app, and the app."""
    begun = await somebody.send("/security/app", on="/security")
    found = URI.search(begun.text)
    assert found
    uri = found[1].replace("&amp;", "&")
    return uri, pyotp.parse_uri(uri)


async def _turned_on(somebody: Any, doors: Any) -> str:
    uri, app = await _app(somebody)
    code = app.at(doors.clock() // 1000)
    answer = await somebody.send("/security/app/confirm", {"uri": uri, "code": code}, on="/security")
    return str(answer.text)


async def test_a_changed_profile_is_shown_everywhere(ada: Any) -> None:
    fields = {"name": "Ada King", "time_zone": "America/New_York", "language": "en"}
    assert (await ada.send("/profile", fields)).headers["location"] == "/profile"
    text = (await ada.get("/profile")).text
    assert "<option selected>America/New_York</option>" in text
    assert "<b>Ada King</b>" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " ", "time_zone": "UTC", "language": "en"}, "1 to 200 visible"),
        ({"name": "Ada", "time_zone": "Mars/Base", "language": "en"}, "time zone is not known"),
        ({"name": "Ada", "time_zone": "UTC", "language": "tlh"}, "not spoken here"),
    ],
)
async def test_a_refused_profile_says_why(ada: Any, fields: dict[str, str], said: str) -> None:
    answer = await ada.send("/profile", fields)
    assert (answer.status_code, said in answer.text) == (422, True)


async def test_another_email_needs_the_password_and_both_mailboxes(ada: Any, doors: Any, staging: Any) -> None:
    refused = await ada.send("/profile/email", {"email": "new@example.com", "password": "wrong"}, on="/profile")
    assert (refused.status_code, "not your password" in refused.text) == (403, True)
    assert 'value="new@example.com"' in refused.text
    fields = {"email": "new@example.com", "password": staging.PASSWORD}
    await ada.send("/profile/email", fields, on="/profile")
    await send_due(doors)
    assert {letter.to for letter in await newest(doors) or []} == {"ada@example.com", "new@example.com"}
    assert "ada@example.com" in (await ada.get("/profile")).text


async def test_an_email_that_waits_is_shown_sent_again_and_called_off(ada: Any, doors: Any, staging: Any) -> None:
    fields = {"email": "new@example.com", "password": staging.PASSWORD}
    await ada.send("/profile/email", fields, on="/profile")
    shown = (await ada.get("/profile")).text
    assert 'It changes to <b class="break">new@example.com</b>' in shown
    assert shown.count("Not opened") == 2
    assert 'action="/profile/email"' not in shown
    assert (await ada.send("/profile/email/again", on="/profile")).headers["location"] == "/profile"
    await send_due(doors)
    sent = [letter.to for letter in await newest(doors) or []]
    assert sorted(sent) == ["ada@example.com", "ada@example.com", "new@example.com", "new@example.com"]
    assert (await ada.send("/profile/email/cancel", on="/profile")).headers["location"] == "/profile"
    shown = (await ada.get("/profile")).text
    assert "new@example.com" not in shown
    assert 'action="/profile/email"' in shown
    refused = await ada.send("/profile/email/again", on="/profile")
    assert (refused.status_code, "No change of your email is waiting" in refused.text) == (409, True)


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    ada: Any, doors: Any, staging: Any, browser: Callable[[], Any]
) -> None:
    other = browser()
    await other.send("/login", {"email": "ada@example.com", "password": staging.PASSWORD})
    assert (await other.get("/home")).status_code == 200
    fields = {"old": staging.PASSWORD, "new": "another four random words"}
    assert (await ada.send("/security/password", fields, on="/security")).status_code == 303
    assert "logged out everywhere else" in (await ada.get("/security")).text
    assert (await other.get("/home")).status_code == 303


async def test_a_wrong_password_changes_nothing_and_is_not_shown_again(ada: Any) -> None:
    answer = await ada.send("/security/password", {"old": "guessed it", "new": "another four words"}, on="/security")
    assert answer.status_code == 403
    assert "guessed it" not in answer.text
    assert "another four words" not in answer.text


async def test_an_app_is_turned_on_by_its_first_code_and_gives_recovery_codes(ada: Any, doors: Any) -> None:
    text = await _turned_on(ada, doors)
    codes = CODE.findall(text)
    assert len(codes) == 10
    token = re.search(r'name="csrf" value="([^"]+)"', text)
    assert token
    followed = await ada.post("/security/recovery-codes", {"csrf": token[1]})
    assert followed.status_code == 200, "the forms of this page fit the new session"
    assert not set(codes) & set(CODE.findall(followed.text))
    page = (await ada.get("/security")).text
    assert "10 of 10 are left" in page
    assert "On since" in page


async def test_a_wrong_code_shows_the_same_picture_again(ada: Any) -> None:
    uri, app = await _app(ada)
    answer = await ada.send("/security/app/confirm", {"uri": uri, "code": "000000"}, on="/security")
    assert answer.status_code == 403
    assert "not the code of now" in answer.text
    assert app.secret in answer.text
    assert "data:image/svg+xml" in answer.text
    assert "Six digits" in (await ada.get("/security")).text, "nothing is on yet"


@pytest.mark.parametrize("uri", ["https://example.com/", "otpauth://["])
async def test_a_made_up_address_is_no_picture(ada: Any, uri: str) -> None:
    await _app(ada)
    answer = await ada.send("/security/app/confirm", {"uri": uri, "code": "1"}, on="/security")
    assert answer.status_code == 409


async def test_turning_the_app_off_voids_the_codes(ada: Any, doors: Any) -> None:
    await _turned_on(ada, doors)
    await ada.send("/security/app/remove")
    page = (await ada.get("/security")).text
    assert "Six digits" in page
    assert "Recovery codes" not in page


async def test_what_changes_the_login_asks_for_the_password_after_a_while(ada: Any, clock: Any, staging: Any) -> None:
    clock.forward(16 * 60_000)
    page = (await ada.get("/security")).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    asked = await ada.post("/security/app", {"csrf": token[1]}, referer="http://test/security")
    assert asked.headers["location"] == "/confirm?next=/security"
    lost = await ada.post("/security/app", {"csrf": token[1]}, referer="http://[")
    assert (lost.status_code, lost.headers["location"]) == (303, "/confirm")
    await ada.send("/confirm", {"password": staging.PASSWORD, "next": "/security"})
    assert (await ada.post("/security/app", {"csrf": token[1]})).status_code == 200


async def test_sessions_are_ended_one_by_one_and_all_at_once(
    ada: Any, nora: Any, staging: Any, browser: Callable[[], Any]
) -> None:
    others = [browser(), browser()]
    for each in others:
        await each.send("/login", {"email": "ada@example.com", "password": staging.PASSWORD})
    page = (await ada.get("/security")).text
    ends = re.findall(r'action="(/security/sessions/ses_\w+/end)"', page)
    assert len(ends) == 2, "the one that looks has no button"
    assert "This one" in page
    assert (await nora.send(ends[0], on="/security")).status_code == 404
    await ada.send(ends[0], on="/security")
    assert sorted([(await each.get("/home")).status_code for each in others]) == [200, 303]
    await ada.send("/security/sessions/end-others", on="/security")
    assert [(await each.get("/home")).status_code for each in others] == [303, 303]
    assert (await ada.get("/home")).status_code == 200


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://localhost:8080"),
        ("http://127.0.0.1", "http://localhost"),
        ("https://panel.example.com", "https://panel.example.com"),
        ("https://panel.example.com:8443", "https://panel.example.com:8443"),
        ("http://192.0.2.7:8080", ""),
        ("http://0.0.0.0:8080", ""),
    ],
)
def test_passkeys_have_a_place_under_a_name(doors: Any, url: str, place: str) -> None:
    named = replace(doors, settings=msgspec.structs.replace(doors.settings, public_url=url))
    assert home(named) == place


async def test_at_an_ip_address_the_page_says_where_passkeys_work(ada: Any) -> None:
    """The server is at 127.0.0.1:8080, this browser at another name."""
    page = (await ada.get("/security")).text
    assert "Open this page at http://localhost:8080" in page
    assert 'href="http://localhost:8080/security"' in page
    assert 'action="/security/passkeys/new"' not in page
    at_home = (await ada.get("/security", headers={"host": "localhost:8080"})).text
    assert 'action="/security/passkeys/new"' in at_home
    assert "Open it there" not in at_home


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("curl/8.5.0", "curl"),
        ("", UNKNOWN),
    ],
)
def test_a_session_is_called_after_browser_and_system(agent: str, name: str) -> None:
    assert device(agent) == name
