"""Idempotency-Key on the simple calls: their answer comes after WhatsApp's word, so it is kept when it is given."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from messageapi.bus.subjects import BELL_SEND
from messageapi.store.tables import idempotency, messages

SEND = "/api/v1/send"
BODY = {"recipient": "+4915222222222", "text": "Hello"}
KEY = {"Idempotency-Key": "order-1042"}


async def stored(doors: Any) -> int:
    return int(await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(messages))))


def same(first: Any, second: Any) -> bool:
    return (first.status_code, first.content) == (second.status_code, second.content)


@pytest.mark.usefixtures("post_office")
async def test_the_answer_after_whatsapps_word_is_given_again(alice: Any, doors: Any) -> None:
    for path, given in ((SEND, {"json": BODY}), (SEND, {"data": BODY}), (f"{SEND}?", {"json": {**BODY, "wait": 3}})):
        first = await alice.post(path.rstrip("?"), headers=KEY, **given)
        assert (first.status_code, first.json()["message"]) == (200, "Message sent")
    assert first.headers["idempotency-replayed"] == "true"
    assert await stored(doors) == 1
    other = await alice.post(SEND, json={**BODY, "text": "Bye"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (400, "idempotency_key_reused")


@pytest.mark.usefixtures("post_office")
async def test_send_php_repeats_as_well(alice: Any, doors: Any) -> None:
    answers = [await alice.get("/send.php", params=BODY, headers=KEY) for _ in range(2)]
    assert same(*answers)
    assert await stored(doors) == 1


async def test_a_failure_after_acceptance_is_given_again_byte_for_byte(
    alice: Any, doors: Any, make: Any, number: str
) -> None:
    with doors.bells.expect(BELL_SEND, number) as bell:
        sending = asyncio.create_task(alice.post(SEND, json=BODY, headers=KEY))
        assert await bell.wait(10)
    (message,) = (await alice.get("/api/v1/messages")).json()["items"]
    await make.make_status(doors, message["id"], status="failed", error=("not_on_whatsapp", "Nobody there."))
    first = await sending
    assert (first.status_code, first.json()["code"]) == (400, "message_failed")
    again = await alice.post(SEND, json=BODY, headers=KEY)
    assert same(first, again)
    assert again.headers["idempotency-replayed"] == "true"
    assert await stored(doors) == 1


async def test_a_twin_of_one_that_waits_is_asked_to_come_again(alice: Any, doors: Any, make: Any, number: str) -> None:
    with doors.bells.expect(BELL_SEND, number) as bell:
        sending = asyncio.create_task(alice.post(SEND, json=BODY, headers=KEY))
        assert await bell.wait(10)
    twin = await alice.post(SEND, json=BODY, headers=KEY)
    assert (twin.status_code, twin.json()["code"]) == (409, "idempotency_in_progress")
    assert int(twin.headers["retry-after"]) >= 1
    (message,) = (await alice.get("/api/v1/messages")).json()["items"]
    await make.make_status(doors, message["id"], status="sent")
    assert same(await sending, await alice.post(SEND, json=BODY, headers=KEY))


async def test_when_the_server_died_before_it_answered_the_message_itself_tells(
    alice: Any, doors: Any, make: Any, number: str
) -> None:
    """What is left is the message and its key without an answer, as after kill -9."""
    accepted = await alice.post(SEND, json={**BODY, "wait": 0}, headers=KEY)
    message_id = accepted.json()["messageId"]

    async def forget(tx: Any) -> None:
        await tx.execute(update(idempotency).values(status=None, answer=None, content_type=None, pending_until=2**50))

    await doors.db.writer.run(forget)
    await make.make_status(doors, message_id, status="sent")
    first = await alice.post(SEND, json=BODY, headers=KEY)
    assert (first.status_code, first.json()["messageId"]) == (200, message_id)
    assert same(first, await alice.post(SEND, json=BODY, headers=KEY))
    assert await stored(doors) == 1
    assert (await alice.post(SEND, json={**BODY, "text": "x"}, headers=KEY)).json()["code"] == "idempotency_key_reused"
