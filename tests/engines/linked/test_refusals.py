"""Why a send failed: whether it left, and whether trying again can help."""

import pytest

from messageapi.engines.linked.refusals import engine_error


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("server returned error 463", "wa_463"),
        ("server returned error 479", "wa_479"),
        ("no LID found for 491511@s.whatsapp.net from server", "not_on_whatsapp"),
        ("message recipient must be a user JID with no device part", "bad_recipient"),
        ("can't send message to unknown server example.org", "bad_recipient"),
        ("failed to get group members: you're not participating in that group", "not_in_group"),
        ("failed to get group members: that group does not exist", "not_in_group"),
    ],
)
def test_what_whatsapp_refuses_is_final(sentence: str, code: str) -> None:
    problem = engine_error(sentence, named=code.startswith("wa_"), names_first=True)
    assert (problem.code, problem.permanent, problem.left) == (code, True, False)


@pytest.mark.parametrize("code", ["500", "503", "429"])
def test_what_whatsapp_cannot_take_now_waits(code: str) -> None:
    problem = engine_error(f"server returned error {code}", named=True, names_first=True)
    assert (problem.code, problem.permanent, problem.left) == (f"wa_{code}", False, False)


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
