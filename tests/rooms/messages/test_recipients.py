"""Recipients as people write them."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.vocab.phone import RecipientError, e164, needs_country, recipient

US = "12025550123@s.whatsapp.net"
DE = "4915112345678@s.whatsapp.net"


@pytest.mark.parametrize(
    ("written", "jid"),
    [
        ("12025550123", US),
        ("+12025550123", US),
        ("0012025550123", US),
        ("+1 202 555 0123", US),
        ("+1 (202) 555-0123", US),
        ("+1.202.555.0123", US),
        ("+1/202/555/0123", US),
        (" 1202-555-0123\n", US),
        ("+1\u2011202\u2013555\u00a00123", US),  # dashes and spaces as word processors set them
        ("\u202a+12025550123\u202c", US),  # copied from a contact card, with direction marks
        ("１２０２５５５０１２３", US),
        ("+49 (0) 151 12345678", DE),
        ("+49 151 12345678", DE),
        ("12025550123@s.whatsapp.net", US),
        ("12025550123@c.us", US),
        ("12025550123:7@s.whatsapp.net", US),
        ("+1 202-555-0123@C.US", US),
        ("123456789012345@lid", "123456789012345@lid"),
        ("123456789012345:2@lid", "123456789012345@lid"),
        ("120363000000000001@g.us", "120363000000000001@g.us"),
        ("4915112345678-1600000000@g.us", "4915112345678-1600000000@g.us"),
        ("4930123456", "4930123456@s.whatsapp.net"),
    ],
)
def test_these_are_understood(written: Any, jid: Any) -> None:
    assert recipient(written).jid == jid


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "recipient_missing"),
        ("   ", "recipient_missing"),
        ("Dana", "recipient_malformed"),
        ("+", "recipient_malformed"),
        ("123", "recipient_malformed"),
        ("+1202555", "recipient_malformed"),
        ("+120255501234567", "recipient_malformed"),
        ("+999123456789", "recipient_malformed"),
        ("0151 12345678", "recipient_malformed"),
        ("+12025550123,+12025550124", "recipient_malformed"),
        ("+1202555O123", "recipient_malformed"),
        ("@", "recipient_malformed"),
        ("@s.whatsapp.net", "recipient_malformed"),
        ("12025550123@example.com", "recipient_malformed"),
        ("dana@s.whatsapp.net", "recipient_malformed"),
        ("a@b@g.us", "recipient_malformed"),
        ("12-@g.us", "recipient_malformed"),
        ("+1;DROP TABLE messages", "recipient_malformed"),
        ("9" * 5_000, "recipient_malformed"),
        ("\ud800", "recipient_malformed"),
        ("12036@newsletters", "recipient_malformed"),
        ("channel@newsletter", "recipient_malformed"),
        ("news@broadcast", "recipient_malformed"),
    ],
)
def test_these_are_refused_with_a_sentence_that_helps(written: Any, code: Any) -> None:
    with pytest.raises(RecipientError) as refused:
        recipient(written)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert len(written) < 4 or written not in refused.value.message


def test_the_national_form_needs_the_accounts_country() -> None:
    assert needs_country("0151 12345678")
    assert recipient("0151 12345678", "DE").jid == DE
    assert not needs_country("0049 151 12345678")
    assert not needs_country("+49 151 12345678")
    assert not needs_country("0123@g.us")


def test_a_country_changes_nothing_for_international_numbers() -> None:
    assert recipient("+12025550123", "DE").jid == US
    assert recipient("12025550123", "DE").jid == US


def test_a_person_is_known_by_phone_or_lid_and_a_group_by_neither() -> None:
    assert recipient("12025550123")[1:] == ("+12025550123", None)
    assert recipient("123456789012345@lid")[1:] == (None, "123456789012345@lid")
    assert recipient("120363000000000001@g.us")[1:] == (None, None)


@pytest.mark.parametrize("last", range(100))
def test_fictional_numbers_of_the_sandbox_pass(last: Any) -> None:
    assert e164(f"+1 202 555 01{last:02}") == f"+120255501{last:02}"


@given(st.text(max_size=60))
def test_nothing_people_write_breaks_it(text: str) -> None:
    found = None
    with contextlib.suppress(RecipientError):
        found = recipient(text)
    if found:
        assert found.jid.isascii()
        assert recipient(found.jid) == found
