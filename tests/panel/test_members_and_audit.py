"""Members of an account, and the log of what they did."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from messageapi import panel
from messageapi.audit.note import note
from messageapi.keys.create import create_key
from messageapi.notices.send import send_due
from messageapi.notices.shown import newest
from messageapi.panel.pages.settings.audit_words import ACTIONS, FAMILIES
from messageapi.people.membership import find

NOTED = re.compile(r"(?:access|account|key|number|webhook|member|person|second_factor|recovery_codes|session)\.[a-z_]+")
EVENTS = {"webhook.disabled"}
"""Told to customers and not noted: nobody did it."""
NOTING = {"note", "trail", "told", "_changed", "_done"}


async def _id(doors: Any, caller: Any, name: str) -> str:
    async with doors.db.reading() as tx:
        return next(each.person_id for each in await find.members(tx, caller) if each.name == name)


async def test_everybody_sees_the_list_and_only_some_can_change_it(ada: Any, abel: Any, bob: Any) -> None:
    for somebody, changes in ((ada, 2), (abel, 1), (bob, 0)):
        text = (await somebody.get("/members")).text
        assert all(name in text for name in ("ada@example.com", "abel@example.com", "bob@example.com"))
        assert len(re.findall(r'href="/members/per_\w+"', text)) == changes
        assert ('href="/members/invite"' in text) == bool(changes)


async def test_an_invitation_goes_out_and_is_revoked(ada: Any, doors: Any) -> None:
    sent = await ada.send("/members/invite", {"email": "Ines@example.com", "role": "viewer"})
    assert sent.headers["location"] == "/members"
    await send_due(doors)
    assert [letter.to for letter in await newest(doors) or []] == ["ines@example.com"]
    text = (await ada.get("/members")).text
    assert "ines@example.com" in text
    revoke = re.search(r'action="(/members/invitations/inv_\w+/revoke)"', text)
    assert revoke
    await ada.send(revoke[1], on="/members")
    assert "ines@example.com" not in (await ada.get("/members")).text


@pytest.mark.parametrize(
    ("who", "fields", "said"),
    [
        ("ada", {"email": "nobody", "role": "viewer"}, "not an email address"),
        ("ada", {"email": "bob@example.com", "role": "admin"}, "belongs to the account already"),
        ("ada", {"email": "ines@example.com", "role": "king"}, "no such role"),
        ("abel", {"email": "ines@example.com", "role": "owner"}, "Ask an owner"),
    ],
)
async def test_a_refused_invitation_keeps_the_form(
    ada: Any, abel: Any, bob: Any, who: str, fields: dict[str, str], said: str
) -> None:
    answer = await {"ada": ada, "abel": abel}[who].send("/members/invite", fields)
    assert answer.status_code in (403, 409, 422)
    assert said in answer.text
    assert f'value="{fields["email"]}"' in answer.text


async def test_a_new_role_is_shown_and_ends_the_sessions(ada: Any, bob: Any, doors: Any) -> None:
    one = await _id(doors, ada.caller, "Bob")
    await ada.send(f"/members/{one}", {"role": "admin"})
    assert (await bob.get("/home")).status_code == 303
    page = (await ada.get(f"/members/{one}")).text
    assert re.search(r'value="admin" checked', page)


async def test_the_only_owner_stays_and_stays_owner(ada: Any, bob: Any, doors: Any) -> None:
    one = await _id(doors, ada.caller, "Ada")
    refused = await ada.send(f"/members/{one}", {"role": "viewer"})
    assert (refused.status_code, "only owner" in refused.text) == (409, True)
    assert (await ada.send("/members/leave", on="/members")).status_code == 409
    assert (await ada.get("/home")).status_code == 200


async def test_somebody_who_leaves_is_out(ada: Any, bob: Any) -> None:
    left = await bob.send("/members/leave", on="/members")
    assert left.headers["location"] == "/login"
    assert (await bob.get("/home")).status_code == 303
    assert "bob@example.com" not in (await ada.get("/members")).text


async def test_a_removed_member_is_logged_out(ada: Any, abel: Any, doors: Any) -> None:
    one = await _id(doors, ada.caller, "Abel")
    await ada.send(f"/members/{one}/remove")
    assert (await abel.get("/home")).status_code == 303
    assert (await ada.get(f"/members/{one}")).status_code == 404


async def test_members_of_another_account_are_not_there(ada: Any, nora: Any, doors: Any) -> None:
    one = await _id(doors, ada.caller, "Ada")
    answers = [await nora.get(f"/members/{one}"), await nora.send(f"/members/{one}/remove", on="/members")]
    assert [(each.status_code, "Ada" in each.text) for each in answers] == [(404, False), (404, False)]


async def test_the_log_says_who_did_what(ada: Any, doors: Any) -> None:
    await ada.send("/keys", {"name": "Web shop", "scope": "messages:send"}, on="/keys/new")
    await create_key(doors, ada.caller, name="At the console")
    text = (await ada.get("/audit")).text
    rows = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", text, re.DOTALL)
    assert "Created an API key" in rows[0]
    assert "The operator" in rows[0]
    assert "Web shop" in rows[1]
    assert "Ada" in rows[1]


async def test_the_log_is_filtered_by_kind_and_by_id_and_paged(ada: Any, doors: Any) -> None:
    key = await create_key(doors, ada.caller, name="Web shop")

    async def many(tx: Any) -> None:
        for at in range(60):
            await note(tx, ada.caller, "webhook.changed", f"whk_{at:03}", now=doors.clock())

    await doors.db.writer.run(many)
    first = (await ada.get("/audit?show=webhooks")).text
    assert "Created an API key" not in first
    assert first.count("Changed a webhook") == 50
    after = re.search(r'href="(/audit\?show=webhooks&amp;cursor=[^"]+)" rel="next"', first)
    assert after
    assert (await ada.get(after[1].replace("&amp;", "&"))).text.count("Changed a webhook") == 10
    about = (await ada.get(f"/audit?about={key.id}")).text
    assert "Created an API key" in about
    assert "Changed a webhook" not in about
    assert "Nothing in the log fits" in (await ada.get("/audit?about=key_unknown")).text


async def test_another_accounts_log_is_not_mixed_in(ada: Any, nora: Any, doors: Any) -> None:
    key = await create_key(doors, ada.caller, name="Web shop")
    for path in ("/audit", f"/audit?about={key.id}"):
        assert "Web shop" not in (await nora.get(path)).text


def noted_in(folder: Path) -> set[str]:
    """Whatever looks like an action in files that note one, and among people: there some are constants of others."""
    found = set()
    for path in folder.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        called = {getattr(node.func, "id", "") for node in nodes if isinstance(node, ast.Call)}
        if called & NOTING or "people" in path.relative_to(folder).parts:
            constants = (node.value for node in nodes if isinstance(node, ast.Constant))
            found |= {value for value in constants if isinstance(value, str) and NOTED.fullmatch(value)}
    return found


def test_every_action_that_is_noted_has_words_and_no_other() -> None:
    noted = noted_in(Path(panel.__file__).parents[1])
    assert noted - EVENTS == set(ACTIONS)
    starts = [start for start, _ in FAMILIES.values() if start]
    assert {name for name in ACTIONS if not name.startswith(tuple(starts))} == {
        "account.opened",
        "recovery_codes.renewed",
    }
