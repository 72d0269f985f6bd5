"""The contact form, the operator's page of questions, and what would have been sent."""

import dataclasses
import re
from typing import Any

import pytest

from messageapi.mail.opening import open_mail
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Recipient, VerifyEmail
from messageapi.notices.send import send_due
from messageapi.panel.app import Panel
from messageapi.support import inbox
from messageapi.support.ask import BY_ADDRESS, ask
from messageapi.support.request import Question
from messageapi.web.doors import Doors
from messageapi.web.front import Front
from messageapi.web.strangers import strangers

ASKED = {
    "name": "Maya",
    "email": "maya@example.com",
    "subject": "<b>Linking</b>",
    "text": 'How do I link\na number? <script>alert("1")</script>',
}


async def the_question(doors: Doors) -> Any:
    (found,) = await inbox.newest(doors)
    return found


async def test_a_stranger_asks_and_is_told_where_the_answer_comes(stranger: Any, doors: Doors) -> None:
    answer = await stranger.send("/contact", ASKED)
    assert answer.status_code == 200
    assert "maya@example.com" in answer.text
    found = await the_question(doors)
    assert (found.question.subject, found.account_id) == ("<b>Linking</b>", None)


async def test_who_is_signed_in_need_not_say_who_they_are(ada: Any, doors: Doors) -> None:
    page = (await ada.get("/contact")).text
    assert 'value="Ada"' in page
    assert 'value="ada@example.com"' in page
    await ada.send("/contact", ASKED)
    assert (await the_question(doors)).account_id == ada.caller.account_id


async def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(stranger: Any, doors: Doors) -> None:
    answer = await stranger.send("/contact", {**ASKED, "website": "https://spam.example"})
    assert answer.status_code == 200
    assert await inbox.newest(doors) == []


async def test_a_refused_question_keeps_what_was_written(stranger: Any, doors: Doors) -> None:
    answer = await stranger.send("/contact", {**ASKED, "email": "nobody"})
    assert answer.status_code == 422
    assert "not an email address" in answer.text
    assert "How do I link\na number? &lt;script&gt;" in answer.text
    assert await inbox.newest(doors) == []


async def test_asking_too_often_is_said(stranger: Any) -> None:
    for place in range(BY_ADDRESS.most):
        await stranger.send("/contact", {**ASKED, "email": f"m{place}@example.com"})
    answer = await stranger.send("/contact", ASKED)
    assert answer.status_code == 429
    assert "tried too often" in answer.text


async def test_the_operator_answers_by_mail(stranger: Any, olga: Any, doors: Doors) -> None:
    await stranger.send("/contact", ASKED)
    found = await the_question(doors)
    assert "&lt;b&gt;Linking&lt;/b&gt;" in (await olga.get("/support")).text
    page = (await olga.get(f"/support/{found.id}")).text
    assert "<script>alert" not in page
    sent = await olga.send(f"/support/{found.id}/answer", {"text": "Scan the QR code."}, on=f"/support/{found.id}")
    assert sent.headers["location"] == "/support"
    await send_due(doors)
    (email,) = await doors.mail.newest(9) or []
    assert (email.to, "Scan the QR code." in email.text) == ("maya@example.com", True)
    answered = (await olga.get("/support?show=answered")).text
    assert found.id in answered
    assert "Answer of Olga" in (await olga.get(f"/support/{found.id}")).text


async def test_an_empty_answer_is_refused_and_a_question_can_be_closed(stranger: Any, olga: Any, doors: Doors) -> None:
    await stranger.send("/contact", ASKED)
    found = await the_question(doors)
    refused = await olga.send(f"/support/{found.id}/answer", {"text": " "}, on=f"/support/{found.id}")
    assert (refused.status_code, "An answer has" in refused.text) == (422, True)
    await olga.send(f"/support/{found.id}/close", on=f"/support/{found.id}")
    assert found.id in (await olga.get("/support?show=closed")).text
    assert "Nothing here" in (await olga.get("/support")).text


async def test_a_long_list_of_questions_comes_in_pages(olga: Any, doors: Doors) -> None:
    for place in range(30):
        question = Question(name="M", email=f"m{place}@example.com", subject=f"Number {place}.", text="0123456789")
        await ask(doors, question, seen_from=f"192.0.2.{place}")
    first = (await olga.get("/support")).text
    more = re.search(r'href="(/support\?[^"]+)" rel="next"', first)
    assert more
    second = (await olga.get(more[1].replace("&amp;", "&"))).text
    assert len(re.findall(r"Number \d+\.", first)) == 25
    assert len(re.findall(r"Number \d+\.", second)) == 5


@pytest.mark.parametrize("path", ["/support", "/mail"])
async def test_only_the_operator_is_led_there(ada: Any, olga: Any, path: str) -> None:
    assert f'href="{path}"' not in (await ada.get("/home")).text
    assert f'href="{path}"' in (await olga.get("/home")).text


async def test_what_would_have_been_sent_is_shown(olga: Any, doors: Doors) -> None:
    assert "No email yet" in (await olga.get("/mail")).text
    to = Recipient(email="maya@example.com", name="<i>Maya</i>")
    told = VerifyEmail(path="/verify?token=a", hours=1)
    notice_id = await doors.db.writer.run(lambda tx: enqueue(tx, doors, to, told))
    await send_due(doors)
    assert "Confirm your email address" in (await olga.get("/mail")).text
    page = (await olga.get(f"/mail/{notice_id}")).text
    assert "&lt;i&gt;Maya" in page
    assert 'href="http://127.0.0.1:8080/verify?token=a"' in page
    alone = await olga.get(f"/mail/{notice_id}/html")
    assert "sandbox" in alone.headers["content-security-policy"]
    assert "script-src" not in alone.headers["content-security-policy"]
    assert "style=" in alone.text


async def test_where_emails_are_really_sent_none_is_shown(
    olga: Any, app: Front, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = open_mail("smtp://mail.example", "m@example.com", doors.settings.data_folder / "mail")
    real = dataclasses.replace(doors, mail=mail)
    monkeypatch.setattr(app, "_app", Panel(real, strangers(doors.settings, doors.clock), _nothing))
    assert "Emails are really sent" in (await olga.get("/mail")).text
    assert (await olga.get("/mail/ntc_x")).status_code == 404


async def _nothing(*_: object) -> None:
    raise AssertionError("no page")
