"""An operator looks at an account that lets them: asked, granted, seen and ended through the pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from messageapi.keys.create import create_key
from messageapi.panel.pages import ROUTES as PANEL
from messageapi.site.pages import ROUTES as SITE
from messageapi.store.tables import people

WHY = "Ticket 7: your number does not connect"
ACCESS = re.compile(r'action="/access/(acs_\w+)/grant"')


@pytest.fixture
async def oskar(doors: Any, nora: Any, enter: Any) -> Any:
    """Runs the server and belongs to Nora's account, not to Ada's."""
    browser = await enter(nora.caller, "Oskar", "owner")
    his = update(people).where(people.c.email == "oskar@example.com").values(operator=True)
    await doors.db.writer.run(lambda tx: tx.execute(his))
    return browser


@pytest.fixture
async def asked(ada: Any, oskar: Any) -> str:
    """The id of what Oskar asked of Ada's account."""
    theirs = f"/server/accounts/{ada.caller.account_id}"
    assert (await oskar.send(f"{theirs}/ask", {"reason": WHY}, on=theirs)).headers["location"] == theirs
    found = ACCESS.search((await ada.get("/access")).text)
    assert found
    return found[1]


@pytest.fixture
async def looking(ada: Any, oskar: Any, asked: str) -> Any:
    """Oskar, once he looks."""
    await ada.send(f"/access/{asked}/grant", {"hours": "4"}, on="/access")
    theirs = f"/server/accounts/{ada.caller.account_id}"
    assert (await oskar.send(f"{theirs}/look", on=theirs)).headers["location"] == "/home"
    return oskar


@pytest.mark.parametrize("hours", ["", "5", "-4", "\N{SUPERSCRIPT FOUR}", "9" * 5_000])
async def test_hours_that_are_not_offered_are_refused(ada: Any, asked: str, hours: str) -> None:
    answer = await ada.send(f"/access/{asked}/grant", {"hours": hours}, on="/access")
    assert answer.status_code == 422
    assert "Choose one of the numbers of hours" in answer.text


async def test_the_owner_reads_why_and_lets_them_look(ada: Any, bob: Any, oskar: Any, asked: str) -> None:
    page = (await ada.get("/access")).text
    for words in (WHY, "Oskar asks to look", ">1 hour<", ">72 hours<"):
        assert words in page
    assert "of this server asks to look" not in page, "where it is answered"
    assert "of this server asks to look" in (await ada.get("/home")).text
    assert "of this server asks to look" not in (await bob.get("/home")).text
    answer = await ada.send(f"/access/{asked}/grant", {"hours": "24"}, on="/access")
    assert answer.headers["location"] == "/access"
    assert "Oskar may look" in (await ada.get("/access")).text
    for member in (ada, bob):
        assert "may look at this account until" in (await member.get("/home")).text


async def test_who_looks_sees_what_a_viewer_sees_and_a_banner(doors: Any, ada: Any, nora: Any, looking: Any) -> None:
    await create_key(doors, ada.caller, name="Web shop")
    await create_key(doors, nora.caller, name="Nora's own")
    page = (await looking.get("/keys")).text
    assert "Web shop" in page
    assert "Nora&#39;s own" not in page
    assert "You look at <b" in page
    assert "Lovelace Shop" in page
    assert (await looking.get("/audit")).status_code == 403
    assert (await looking.get("/access")).status_code == 403


def test_the_guard_lets_through_no_other_form() -> None:
    """Of whoever looks."""
    forms = {path for route in (*PANEL, *SITE) if route.opt.get("looking") for path in route.paths}
    assert forms == {"/access/leave", "/logout", "/theme"}


@pytest.mark.parametrize("path", ["/profile", "/security/password", "/keys", "/accounts", "/members/leave"])
async def test_who_looks_changes_nothing(ada: Any, looking: Any, path: str) -> None:
    before = (await ada.get("/audit?show=all")).text.count("<tr>")
    refused = await looking.send(path, {"name": "Mallory"}, on="/home")
    assert (refused.status_code, "change nothing there" in refused.text or "role" in refused.text) == (403, True)
    assert (await ada.get("/audit?show=all")).text.count("<tr>") == before + 1, "the page it was sent from"


async def test_leaving_leads_home(nora: Any, ada: Any, looking: Any) -> None:
    assert (await looking.send("/access/leave", on="/home")).headers["location"] == "/home"
    page = (await looking.get("/members")).text
    assert "nora@example.com" in page
    assert "You look at <b" not in page
    assert "Look at this account" in (await looking.get(f"/server/accounts/{ada.caller.account_id}")).text


async def test_the_owner_ends_it_and_the_next_page_is_another(ada: Any, looking: Any, asked: str) -> None:
    assert "ada@example.com" in (await looking.get("/members")).text
    await ada.send(f"/access/{asked}/end", on="/access")
    page = (await looking.get("/members")).text
    assert "ada@example.com" not in page
    assert "nora@example.com" in page
    assert "Nobody looks, and nobody asks" in (await ada.get("/access")).text


async def test_every_page_that_was_seen_is_in_the_audit_log(ada: Any, nora: Any, looking: Any) -> None:
    for path in ("/messages", "/numbers", "/numbers", "/docs/quickstart", "/server"):
        assert (await looking.get(path)).status_code == 200
    page = (await ada.get("/audit?show=access")).text
    assert ">/server</a>" not in page, "it is about no account"
    for path in ("/messages", "/numbers", "/docs/quickstart", "/home"):
        assert page.count(f">{path}</a>") == (path != "/home")
    for words in ("Looked at a page, as the operator", "Oskar", "Let the operator look at the account", WHY):
        assert words in page
    theirs = (await nora.get("/audit?show=access")).text
    assert "Began to look, as the operator" in theirs
    assert "Lovelace Shop" in theirs
    assert "/messages</a>" not in theirs


async def test_other_accounts_answer_nothing_for_it(ada: Any, nora: Any, looking: Any, asked: str) -> None:
    for path in (f"/access/{asked}/grant", f"/access/{asked}/end"):
        assert (await nora.send(path, {"hours": "1"}, on="/access")).status_code == 404
    assert WHY not in (await nora.get("/access")).text
    assert "ada@example.com" in (await looking.get("/members")).text


async def test_without_a_grant_the_account_is_as_closed_as_ever(ada: Any, oskar: Any, asked: str) -> None:
    theirs = f"/server/accounts/{ada.caller.account_id}"
    assert (await oskar.send(f"{theirs}/look", on=theirs)).status_code == 403
    assert "ada@example.com" not in (await oskar.get("/members")).text


async def test_who_has_left_is_still_named_in_the_audit_log(
    ada: Any, abel: Any, browser: Callable[[], Any], staging: Any
) -> None:
    await abel.send("/members/invite", {"email": "dora@example.com", "role": "viewer"})
    await abel.send("/members/leave")
    page = (await ada.get("/audit?show=members")).text
    assert "Invited somebody" in page
    assert re.search(r'data-label="Who"[^>]*>(<span>)?Abel<', page)
    assert "per_" not in page.replace('href="/audit?about=per_', "")
