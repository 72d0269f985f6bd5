"""What every kind of notice says: complete, the same in both forms, and with nothing in it that somebody planted."""

import re
from typing import Any, get_args

import pytest
from selectolax.lexbor import LexborHTMLParser

from messageapi.notices.enqueue import Content
from messageapi.notices.facts import (
    KINDS,
    AccessAsked,
    AccountWaits,
    AlreadyRegistered,
    Change,
    EmailChangedNew,
    EmailChangedOld,
    Facts,
    Invitation,
    LoginChanged,
    NewLogin,
    NumberLoggedOut,
    Recipient,
    ResetPassword,
    SupportAnswered,
    SupportReceived,
    VerifyEmail,
    WebhookDisabled,
    kind_of,
)
from messageapi.notices.render import rendered, tame

PLANTED = '<script>alert("1")</script> & %(x)s {{ 7*7 }}'
EVERY: list[Facts] = [
    VerifyEmail(path="/verify?token=a&b=c", hours=24),
    ResetPassword(path="/reset?token=a", minutes=1),
    EmailChangedOld(new_email="new@example.com", path="/email?token=a", hours=24),
    EmailChangedNew(path="/email?token=a", hours=1),
    Invitation(inviter=f"Bo {PLANTED}", account=f"Shop {PLANTED}", role="viewer", path="/invitation?token=a", hours=72),
    NewLogin(at=1_795_348_800_000, time_zone="Europe/Berlin", device=PLANTED, address="192.0.2.1", path="/sessions"),
    AlreadyRegistered(path="/login"),
    AccountWaits(),
    LoginChanged(change="password", path="/sessions"),
    AccessAsked(operator=f"Olga {PLANTED}", account=PLANTED, reason=PLANTED, path="/access"),
    WebhookDisabled(webhook_id="whk_1", description=PLANTED, reason="It failed for 5 days, 100% of it. Enable it."),
    NumberLoggedOut(number_id="num_1", name=PLANTED, reason="It was logged out on the phone. Link it again."),
    SupportReceived(
        request_id="sup_1", name=PLANTED, email="bo@example.com", subject=PLANTED, text=f"One\n{PLANTED}\n\nTwo"
    ),
    SupportAnswered(request_id="sup_1", subject="Hi", question=PLANTED, answer=f"First\n\n{PLANTED}"),
]


def email(facts: Facts, **given: Any) -> Any:
    to = Recipient(**{"email": "maya@example.com", "name": f"Maya {PLANTED}", **given})
    return rendered(Content(to, facts), notice_id="ntc_1", at=1, home="https://example.com")


def words_of(text: str) -> list[str]:
    """Without what only one form has: quoting marks, colons before links, the logo."""
    return [word for word in re.findall(r"[^\s<>:\u2060]+", text) if word not in ("--", "MessageAPI")]


def test_every_kind_is_looked_at() -> None:
    assert {kind_of(facts) for facts in EVERY} == set(KINDS)


@pytest.mark.parametrize("facts", EVERY, ids=kind_of)
def test_both_forms_say_the_same(facts: Facts) -> None:
    made = email(facts)
    body = LexborHTMLParser(made.html).body
    assert body is not None
    shown, written = words_of(body.text(separator=" ")), words_of(made.text)
    assert sorted(set(written) - set(shown)) == []
    assert sorted(set(shown) - set(written)) == []


@pytest.mark.parametrize("facts", EVERY, ids=kind_of)
def test_what_people_wrote_stays_text(facts: Facts) -> None:
    made = email(facts)
    assert "<script" not in made.html
    assert "49" not in made.text.replace("1795348800000", "")
    assert LexborHTMLParser(made.html).css_first("script") is None
    assert "\n" not in made.subject


@pytest.mark.parametrize("facts", [each for each in EVERY if hasattr(each, "path")], ids=kind_of)
def test_a_link_leads_home(facts: Any) -> None:
    made = email(facts)
    assert f"https://example.com{facts.path}\n" in made.text
    links = [one.attributes["href"] for one in LexborHTMLParser(made.html).css("a")]
    assert links == [f"https://example.com{facts.path}", "https://example.com"]


@pytest.mark.parametrize("facts", EVERY, ids=kind_of)
def test_a_letter_without_a_name_greets_all_the_same(facts: Facts) -> None:
    assert "Hello,\n" in email(facts, name="").text


def test_one_hour_and_many() -> None:
    assert "works for 1 hour." in email(EmailChangedNew(path="/x", hours=1)).text
    assert "works for 24 hours." in email(EmailChangedNew(path="/x", hours=24)).text


def test_a_time_is_told_where_the_reader_is() -> None:
    made = email(NewLogin(at=1_795_348_800_000, time_zone="Europe/Berlin", path="/sessions"))
    assert "November 22, 2026, 1:00:00" in made.text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "12:00:00" in email(NewLogin(at=1_795_348_800_000, time_zone="No/Where", path="/sessions")).text


def test_a_name_is_never_a_link() -> None:
    assert re.search(r"https?://|www\.\w|\w\.\w", tame("http://evil.example www.evil.example")) is None
    assert len(tame("a" * 500)) <= 80


def test_every_change_of_a_login_has_its_own_words() -> None:
    changes: tuple[Change, ...] = get_args(Change)
    texts = {email(LoginChanged(change=change, path="/sessions")).text for change in changes}
    assert len(texts) == len(changes)
