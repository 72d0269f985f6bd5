"""Why a send failed: whether it left, and whether trying again can help."""

from pathlib import Path

import pytest

from messageapi.engines.linked import refusals
from messageapi.engines.linked.refusals import engine_error, upload_error


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("server returned error 463", "new_contact_limited"),
        ("server returned error 479", "message_rejected"),
        ("server returned error 403", "not_permitted"),
        ("server returned error 404", "not_on_whatsapp"),
        ("server returned error 499", "wa_499"),
        ("no LID found for 491511@s.whatsapp.net from server", "not_on_whatsapp"),
        ("message recipient must be a user JID with no device part", "bad_recipient"),
        ("can't send message to unknown server example.org", "bad_recipient"),
        ("failed to get group members: you're not participating in that group", "not_in_group"),
        ("failed to get group members: that group does not exist", "not_in_group"),
    ],
)
def test_what_whatsapp_refuses_is_final(sentence: str, code: str) -> None:
    problem = engine_error(sentence, named=sentence.startswith("server"), names_first=True)
    assert (problem.code, problem.permanent, problem.left) == (code, True, False)


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        (403, "group_not_permitted", True),
        (420, "group_not_permitted", True),
        (404, "not_in_group", True),
        (421, "group_changed", False),
        (429, "whatsapp_rate_limited", False),
        (463, "new_contact_limited", True),
    ],
)
def test_a_group_refuses_in_its_own_words(answer: int, code: str, permanent: bool) -> None:
    problem = engine_error(f"server returned error {answer}", named=True, names_first=True, chat="1@g.us")
    assert (problem.code, problem.permanent, problem.left) == (code, permanent, False)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (500, "whatsapp_unavailable"),
        (503, "whatsapp_unavailable"),
        (429, "whatsapp_rate_limited"),
        (402, "temporarily_banned"),
        (401, "device_not_accepted"),
    ],
)
def test_what_whatsapp_cannot_take_now_waits(answer: int, code: str) -> None:
    problem = engine_error(f"server returned error {answer}", named=True, names_first=True)
    assert (problem.code, problem.permanent, problem.left) == (code, False, False)


def test_a_channel_refuses_who_is_not_its_admin() -> None:
    problem = engine_error("server returned error 403", named=True, names_first=True, chat="1@newsletter")
    assert (problem.code, problem.permanent) == ("channel_not_permitted", True)


def test_every_refusal_says_what_to_do_next() -> None:
    answers = [*range(400, 425), 429, 463, 479, 500]
    for chat in ("7@lid", "1@g.us", "1@newsletter"):
        for answer in answers:
            sentence = f"server returned error {answer}"
            detail = engine_error(sentence, named=True, names_first=True, chat=chat).detail
            assert detail.count(".") >= 2 or ";" in detail


@pytest.mark.parametrize(
    ("sentence", "code", "permanent"),
    [
        ("upload failed with status code 415", "media_refused", True),
        ("upload failed with status code 403", "media_refused", True),
        ("upload failed with status code 413", "media_too_large", True),
        ("upload failed with status code 401", "media_not_uploaded", False),
        ("upload failed with status code 503", "media_not_uploaded", False),
        ("failed to execute request: Post: dial tcp: connection refused", "media_not_uploaded", False),
        ("failed to refresh media connections: info query timed out", "media_not_uploaded", False),
        ("timed out", "media_not_uploaded", False),
    ],
)
def test_a_file_is_refused_for_ever_or_for_now(sentence: str, code: str, permanent: bool) -> None:
    problem = upload_error(sentence)
    assert (problem.code, problem.permanent, problem.left) == (code, permanent, False)


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("timed out waiting for message send response", "timed_out"),
        ("websocket disconnected before message send returned response", "disconnected"),
        ("websocket disconnected before message send (retry) returned response", "disconnected"),
        ("websocket not connected", "no_answer"),
        ("a sentence nobody foresaw", "no_answer"),
    ],
)
def test_what_had_its_name_may_have_left(sentence: str, code: str) -> None:
    for names_first in (True, False):
        problem = engine_error(sentence, named=True, names_first=names_first)
        assert (problem.code, problem.permanent, problem.left) == (code, False, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "websocket not connected",
        "failed to get user info for 491511@s.whatsapp.net to fill LID cache: info query timed out",
        "websocket disconnected before info query returned response",
        "failed to send message node: websocket not connected",
        "a sentence nobody foresaw",
    ],
)
def test_what_had_no_name_yet_has_not_left(sentence: str) -> None:
    problem = engine_error(sentence, named=False, names_first=True)
    assert (problem.permanent, problem.left) == (False, False)


def test_where_names_prove_nothing_a_doubt_stays_a_doubt() -> None:
    for sentence in ("timed out waiting for message send response", "a sentence nobody foresaw"):
        assert engine_error(sentence, named=False, names_first=False).left
    for sentence in ("failed to get device list: info query timed out", "websocket not connected"):
        assert not engine_error(sentence, named=False, names_first=False).left


def test_no_phone_number_gets_into_the_text() -> None:
    problem = engine_error("no LID found for 4915112345678@s.whatsapp.net from server", named=False, names_first=True)
    assert "4915112345678" not in f"{problem} {problem.detail}"


def test_every_code_is_in_the_reference() -> None:
    page = Path(__file__).parents[3].joinpath("docs/reference/send-failures.md").read_text("utf-8")
    known = [value.code for value in vars(refusals).values() if isinstance(value, refusals._Refusal)]
    known += ["bad_content", "media_gone", "media_unreadable", "not_connected", "not_prepared", "unsupported"]
    known += [code for _, code, _ in refusals._UNKNOWN]
    assert [code for code in known if f"`{code}`" not in page] == []
