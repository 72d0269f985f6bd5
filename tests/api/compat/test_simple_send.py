"""The reference's calls: honest answers, in its own shapes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from messageapi.bus.subjects import BELL_SEND

TO = "+4915222222222"
SEND = "/api/v1/send"


async def _only(alice: Any) -> str:
    """The id of the one message there is."""
    (message,) = (await alice.get("/api/v1/messages")).json()["items"]
    return str(message["id"])


Settle = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def send_and_settle(alice: Any, doors: Any, make: Any, number: str) -> Settle:
    """Send, and once the message is stored let it be settled as the worker would."""

    async def settled(**how: Any) -> httpx.Response:
        with doors.bells.expect(BELL_SEND, number) as stored:
            sending = asyncio.create_task(alice.post(SEND, json={"recipient": TO, "text": "Hello"}))
            assert await stored.wait(10)
        await make.make_status(doors, await _only(alice), **how)
        answer: httpx.Response = await sending
        return answer

    return settled


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
async def test_a_message_whatsapp_took_is_answered_as_sent(alice: Any, send_and_settle: Settle, status: str) -> None:
    answer = await send_and_settle(status=status)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Message sent", "messageId": await _only(alice)}


@pytest.mark.usefixtures("number")
async def test_a_message_that_still_waits_is_answered_as_accepted(alice: Any) -> None:
    answer = await alice.post(SEND, json={"recipient": TO, "text": "Hello", "wait": 0})
    assert answer.status_code == 202
    assert answer.json() == {"success": True, "message": "Message accepted", "messageId": await _only(alice)}


async def test_a_message_that_failed_after_it_was_stored_names_its_id(alice: Any, send_and_settle: Settle) -> None:
    error = ("not_on_whatsapp", "The recipient has no WhatsApp.")
    answer = await send_and_settle(status="failed", error=error)
    body = answer.json()
    assert (answer.status_code, body["success"], body["code"]) == (400, False, "message_failed")
    assert body["messageId"] == await _only(alice)
    assert "The recipient has no WhatsApp" in body["message"]


async def test_an_unconfirmed_message_is_no_error_so_that_nobody_sends_it_twice(send_and_settle: Settle) -> None:
    answer = await send_and_settle(status="unconfirmed")
    assert (answer.status_code, answer.json()["success"]) == (202, True)
    assert "before you send it again" in answer.json()["message"]


@pytest.mark.usefixtures("number")
async def test_all_ways_of_sending_lead_to_the_same_message(alice: Any) -> None:
    fields = {"recipient": TO, "text": "Grüße & mehr", "wait": "0"}
    answers = [
        await alice.get("/send.php", params=fields),
        await alice.post(SEND, json={**fields, "wait": 0}),
        await alice.post(SEND, data=fields),
        await alice.post(SEND, files={name: (None, value) for name, value in fields.items()}),
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 202], answers[3].text
    listed = (await alice.get("/api/v1/messages", params={"recipient": TO})).json()["items"]
    assert {item["id"] for item in listed} == {answer.json()["messageId"] for answer in answers}


async def test_the_sender_may_be_named_by_id_or_phone(alice: Any, number: str) -> None:
    for sender in (number, "+4915111111111", "49 151 11111111"):
        answer = await alice.post(SEND, json={"recipient": TO, "text": "x", "from": sender, "wait": 0})
        assert answer.status_code == 202


@pytest.mark.parametrize("state", ["created", "linking", "logged_out"])
async def test_a_number_that_cannot_send_is_a_400_as_the_reference_has_it(
    alice: Any, doors: Any, make: Any, state: str
) -> None:
    await make.make_number(doors, alice.caller, state=state)
    answer = await alice.post(SEND, json={"recipient": TO, "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "number_not_linked")
    assert "messageId" not in answer.json()


async def test_an_account_without_a_number_is_told_what_to_do(alice: Any) -> None:
    answer = await alice.get("/send.php", params={"recipient": TO, "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_number")


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recipient": ""}, "recipient_missing"),
        ({"recipient": "call me"}, "recipient_malformed"),
        ({"recipient": "+49"}, "recipient_malformed"),
        ({"recipient": "x@example.com"}, "recipient_malformed"),
        ({"recipient": "\x00"}, "recipient_malformed"),
        ({"text": ""}, "text_missing"),
        ({"text": " \n"}, "text_missing"),
        ({"text": "x" * 65_537}, "text_too_long"),
        ({"from": "num_nobody"}, "number_unknown"),
        ({"wait": 31}, "field_invalid"),
        ({"wait": -1}, "field_invalid"),
        ({"wait": "10"}, "field_invalid"),
        ({"text": 7}, "field_invalid"),
        ({"image": "http://example.com/x.png"}, "unknown_field"),
        ({"document": "http://example.com/x.pdf"}, "unknown_field"),
        ({"surprise": 1}, "unknown_field"),
    ],
)
async def test_a_wrong_field_is_refused_in_the_flat_shape(alice: Any, changed: dict[str, object], code: str) -> None:
    answer = await alice.post(SEND, json={"recipient": TO, "text": "Hello", "wait": 0} | changed)
    body = answer.json()
    assert answer.status_code == (404 if code == "number_unknown" else 413 if answer.status_code == 413 else 400)
    assert body["success"] is False
    assert body["code"] in {code, "body_too_large"}
    assert set(body) == {"success", "message", "code", "requestId"}
    assert (await alice.get("/api/v1/messages")).json()["items"] == []


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("text=x", "parameter_missing"),
        ("recipient=%2B4915222222222", "text_missing"),
        ("recipient=%2B4915222222222&text=&image=", "text_missing"),
        ("recipient=1&caption=x", "media_source_missing"),
        ("recipient=1&filename=x.pdf", "media_source_missing"),
        ("recipient=1&text=x&text=y", "repeated_parameter"),
        ("recipient=1&text=%ff", "encoding_invalid"),
        ("recipient=1&text=x&wait=soon", "parameter_invalid"),
        ("recipient=1&text=x&wait=31", "parameter_invalid"),
        ("recipient=1&image=http%3A%2F%2Fx&url=http%3A%2F%2Fx", "media_source_conflict"),
        ("recipient=1&image=http%3A%2F%2Fx&pdf=http%3A%2F%2Fx", "media_source_conflict"),
        ("recipient=1&text=x&caption=y&image=http%3A%2F%2Fx", "caption_conflict"),
        ("recipient=1&text=x&surprise=1", "unknown_parameter"),
    ],
)
async def test_a_wrong_parameter_is_refused_in_the_flat_shape(alice: Any, query: str, code: str) -> None:
    answer = await alice.get(f"/send.php?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["success"] is False


@pytest.mark.usefixtures("number")
@pytest.mark.parametrize(
    ("body", "media_type", "code"),
    [
        (b"recipient=1&recipient=2&text=x", "application/x-www-form-urlencoded", "repeated_parameter"),
        (b"recipient=1&text=%ff", "application/x-www-form-urlencoded", "encoding_invalid"),
        (b"recipient=1&text=x&apikey=y", "application/x-www-form-urlencoded", "unknown_field"),
        (b"nonsense", "multipart/form-data; boundary=x", "form_malformed"),
        (b"nonsense", "multipart/form-data", "form_malformed"),
        (b"x", "text/plain", "media_type_unsupported"),
    ],
)
async def test_a_wrong_form_is_refused(alice: Any, body: bytes, media_type: str, code: str) -> None:
    answer = await alice.post(SEND, content=body, headers={"Content-Type": media_type})
    assert answer.json()["code"] == code
    assert answer.status_code == (415 if code == "media_type_unsupported" else 400)


@pytest.mark.usefixtures("number")
async def test_a_file_in_a_form_is_refused_by_name(alice: Any) -> None:
    files = {"recipient": (None, TO), "text": (None, "x"), "image": ("x.png", b"png", "image/png")}
    answer = await alice.post(SEND, files=files)
    assert answer.json()["code"] == "file_in_form"


async def test_send_php_takes_no_other_method(alice: Any) -> None:
    answer = await alice.post("/send.php", data={"recipient": TO, "text": "x"})
    assert (answer.status_code, answer.json()["success"]) == (405, False)


@pytest.mark.usefixtures("number")
async def test_charlie_cannot_send_from_alices_number(
    alice: Any, charlie: Any, number: str, doors: Any, make: Any
) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915333333333")
    for sender in (number, "+4915111111111"):
        answer = await charlie.post(SEND, json={"recipient": TO, "text": "x", "from": sender, "wait": 0})
        assert (answer.status_code, answer.json()["code"]) == (404, "number_unknown")
    assert (await alice.get("/api/v1/messages")).json()["items"] == []
