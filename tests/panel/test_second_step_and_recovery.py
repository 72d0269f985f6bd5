"""The second step of a login, a forgotten password, and the password asked for once more."""

import re
from typing import Any

import pyotp
import pytest
from sqlalchemy import insert

from messageapi.errors import Problem
from messageapi.keys import find
from messageapi.notices.send import send_due
from messageapi.notices.shown import newest
from messageapi.people.email import ask_for_email
from messageapi.people.factors.totp import confirm_totp, start_totp
from messageapi.people.logins.session import resolve
from messageapi.people.membership.invite import invite
from messageapi.store.tables import passkeys

LOGIN = {"email": "ada@example.com", "password": "correct horse battery staple"}


class Codes:
    """Ada's app, and the codes she wrote down."""

    def __init__(self, secret: str, doors: Any, recovery: tuple[str, ...]) -> None:
        self._app = pyotp.TOTP(secret)
        self._doors = doors
        self.recovery = recovery

    def now(self) -> str:
        """No code works twice, so time goes on."""
        self._doors.clock.forward(30_000)
        return self._app.at(self._doors.clock() // 1000)


@pytest.fixture
async def codes(ada: Any, doors: Any) -> Codes:
    who = await resolve(doors, ada.client.cookies["session"])
    assert who
    setup = await start_totp(doors, who)
    first = pyotp.TOTP(setup.secret).at(doors.clock() // 1000)
    enabled = await confirm_totp(doors, who, first)
    ada.hold(enabled.begun.token)
    return Codes(setup.secret, doors, enabled.recovery_codes or ())


async def test_the_password_alone_opens_nothing(stranger: Any, codes: Codes) -> None:
    answer = await stranger.send("/login", {**LOGIN, "next": "/keys"})
    assert answer.headers["location"] == "/second-step?next=/keys"
    assert (await stranger.get("/home")).status_code == 303


async def test_a_code_from_the_app_completes_the_login(stranger: Any, codes: Codes) -> None:
    await stranger.send("/login", LOGIN)
    wrong = await stranger.send("/second-step", {"way": "code", "code": "000000", "next": "/keys"})
    assert wrong.status_code == 403
    right = await stranger.send("/second-step", {"way": "code", "code": codes.now(), "next": "/keys"})
    assert right.headers["location"] == "/keys"
    assert (await stranger.get("/home")).status_code == 200


async def test_a_recovery_code_works_once(stranger: Any, browser: Any, codes: Codes) -> None:
    await stranger.send("/login", LOGIN)
    given = {"way": "recovery", "code": codes.recovery[0]}
    assert (await stranger.send("/second-step", given, on="/second-step?way=recovery")).headers["location"] == "/home"
    again = browser()
    await again.send("/login", LOGIN)
    assert (await again.send("/second-step", given)).status_code == 403


async def test_after_too_many_tries_the_password_is_asked_for_again(stranger: Any, codes: Codes) -> None:
    await stranger.send("/login", LOGIN)
    answers = [await stranger.send("/second-step", {"way": "code", "code": "000000"}) for _ in range(7)]
    assert answers[-1].headers["location"] == "/login"
    assert (await stranger.get("/home")).status_code == 303


@pytest.fixture
async def keyed(ada: Any, doors: Any) -> None:
    """Ada has a passkey."""
    who = await resolve(doors, ada.client.cookies["session"])
    assert who
    key = {"id": "psk_1", "person_id": who.person_id, "name": "Phone", "created_at": 1, "used_at": None}
    signing = {"credential": b"c", "public_key": b"p", "signs": 0}
    await doors.db.writer.run(lambda tx: tx.execute(insert(passkeys).values(**key, **signing)))


@pytest.mark.usefixtures("keyed")
async def test_where_a_passkey_does_not_work_the_page_says_where_it_does(stranger: Any) -> None:
    """The server is at 127.0.0.1:8080, this browser at another name."""
    await stranger.send("/login", LOGIN)
    page = (await stranger.get("/second-step")).text
    assert "Yours works at http://localhost:8080" in page
    assert 'href="http://localhost:8080/login"' in page
    assert "data-passkey" not in page
    assert "way=recovery" in page
    at_home = (await stranger.get("/second-step", headers={"host": "localhost:8080"})).text
    assert "data-passkey" in at_home
    assert "Yours works at" not in at_home


@pytest.mark.usefixtures("keyed")
async def test_there_a_code_is_asked_for_before_a_passkey(stranger: Any, codes: Codes) -> None:
    await stranger.send("/login", LOGIN)
    assert "Enter the code from your app" in (await stranger.get("/second-step")).text
    at_home = (await stranger.get("/second-step", headers={"host": "localhost:8080"})).text
    assert "Enter the code from your app" not in at_home


async def test_a_second_step_of_nobody_leads_to_the_login(stranger: Any) -> None:
    assert (await stranger.get("/second-step")).headers["location"] == "/login"
    stranger.client.cookies.set("second", "made-up.code")
    answer = await stranger.send("/second-step", {"way": "code", "code": "123456"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_whoever_forgot_the_password_chooses_another(ada: Any, stranger: Any, doors: Any) -> None:
    await stranger.send("/forgot", {"email": "ada@example.com"})
    await send_due(doors)
    letters = await newest(doors)
    link = re.search(r"/reset\?token=([\w-]+)", letters[0].text if letters else "")
    assert link
    given = {"token": link[1], "password": "three other words"}
    short = await stranger.send("/reset", {**given, "password": "short"}, on=link[0])
    assert short.status_code == 422
    assert (await stranger.send("/reset", given, on=link[0])).headers["location"] == "/home"
    assert (await ada.get("/home")).status_code == 303, "all other sessions are over"
    assert (await stranger.get(link[0])).status_code == 404, "the link works once"


async def test_nobody_learns_who_has_an_account(ada: Any, stranger: Any) -> None:
    known = await stranger.send("/forgot", {"email": "ada@example.com"})
    unknown = await stranger.send("/forgot", {"email": "eve@example.com"})
    assert known.status_code == unknown.status_code == 200
    plain = [re.sub(r"ada@|eve@|req_\w+", "", answer.text) for answer in (known, unknown)]
    assert plain[0] == plain[1]


async def test_somebody_new_accepts_an_invitation(stranger: Any, ada: Any, doors: Any) -> None:
    await invite(doors, ada.caller, email="grace@example.com", role="viewer")
    link = await _link(doors, r"/invitation\?token=([\w-]+)")
    assert "Lovelace Shop" in (await stranger.get(link[0])).text
    given = {"token": link[1], "name": "Grace", "password": "three random words"}
    refused = await stranger.send("/invitation", {**given, "password": "short"}, on=link[0])
    assert (refused.status_code, 'value="Grace"' in refused.text) == (422, True)
    assert (await stranger.send("/invitation", given, on=link[0])).headers["location"] == "/home"
    assert (await stranger.get("/keys/new")).status_code == 403
    assert (await stranger.get(link[0])).status_code == 404, "it works once"


async def test_somebody_known_accepts_an_invitation_and_goes_between_accounts(nora: Any, ada: Any, doors: Any) -> None:
    await invite(doors, ada.caller, email="nora@example.com", role="admin")
    link = await _link(doors, r"/invitation\?token=([\w-]+)")
    assert (await nora.send("/invitation", {"token": link[1]}, on=link[0])).headers["location"] == "/home"
    shown = (await nora.get("/accounts")).text
    assert "Lovelace Shop" in shown
    back = re.search(r'name="account" value="(\w+)"', shown)
    assert back
    assert back[1] == nora.caller.account_id
    await nora.send("/accounts", {"account": back[1]})
    assert f'value="{ada.caller.account_id}"' in (await nora.get("/accounts")).text


async def test_an_account_of_others_cannot_be_entered(nora: Any, ada: Any) -> None:
    assert (await nora.send("/accounts", {"account": ada.caller.account_id})).status_code == 404


@pytest.mark.parametrize(("answer", "email"), [("agree", "new@example.com"), ("refuse", "ada@example.com")])
async def test_an_email_changes_when_both_ends_agree(ada: Any, doors: Any, answer: str, email: str) -> None:
    who = await resolve(doors, ada.client.cookies["session"])
    assert who
    await ask_for_email(doors, who, email="new@example.com", password=LOGIN["password"])
    await send_due(doors)
    for letter in (await newest(doors) or [])[:2]:
        link = re.search(r"/email\?token=([\w-]+)", letter.text)
        assert link
        shown = await ada.get(link[0])
        if shown.status_code == 200:
            await ada.send("/email", {"token": link[1], "answer": answer}, on=link[0])
    changed = await resolve(doors, ada.client.cookies["session"])
    assert changed
    assert changed.email == email


async def _link(doors: Any, pattern: str) -> re.Match[str]:
    await send_due(doors)
    letters = await newest(doors)
    found = re.search(pattern, letters[0].text if letters else "")
    assert found
    return found


async def test_what_needs_the_password_again_asks_and_leads_back(
    ada: Any, doors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise Problem("confirm_needed", 403, "Enter your password to go on.")

    with monkeypatch.context() as patch:
        patch.setattr(find, "page", refuse)
        asked = await ada.get("/keys?show=ended")
    assert asked.headers["location"] == "/confirm?next=/keys%3Fshow%3Dended"
    doors.clock.forward(16 * 60_000)
    wrong = await ada.send("/confirm", {"password": "wrong"}, on=asked.headers["location"])
    assert wrong.status_code == 403
    right = {"password": LOGIN["password"], "next": "/keys?show=ended"}
    assert (await ada.send("/confirm", right)).headers["location"] == "/keys?show=ended"
    who = await resolve(doors, ada.client.cookies["session"])
    assert who
    assert who.fresh_until > doors.clock()
