"""Idempotency-Key: one send however often the request comes, and the first answer byte for byte."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from messageapi.messages.expire import expire
from messageapi.store.tables import idempotency, messages

PATH = "/api/v1/messages"
HELLO = {"to": "+12025550123", "text": "Hello"}
HOUR = 3_600_000

pytestmark = pytest.mark.usefixtures("number")


@pytest.fixture
def keyed() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


async def stored(doors: Any) -> int:
    return int(await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(messages))))


def same(first: Any, second: Any) -> bool:
    return (first.status_code, first.content, first.headers["content-type"]) == (
        second.status_code,
        second.content,
        second.headers["content-type"],
    )


async def test_the_same_request_gets_the_first_answer_and_sends_nothing(alice: Any, doors: Any, keyed: Any) -> None:
    first = await alice.post(PATH, json=HELLO, headers=keyed)
    assert "idempotency-replayed" not in first.headers
    for body in (HELLO, dict(reversed(HELLO.items())), {**HELLO, "type": "text"}):
        again = await alice.post(PATH, json=body, headers=keyed)
        assert same(first, again)
        assert again.headers["idempotency-replayed"] == "true"
    assert await stored(doors) == 1


async def test_another_request_with_the_key_is_refused(alice: Any, doors: Any, keyed: Any) -> None:
    await alice.post(PATH, json=HELLO, headers=keyed)
    for change in ({"text": "Bye"}, {"to": "+12025550199"}, {"metadata": {"a": 1}}, {"priority": "high"}):
        answer = await alice.post(PATH, json={**HELLO, **change}, headers=keyed)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await stored(doors) == 1


async def test_a_key_belongs_to_one_route_and_one_account(
    alice: Any, charlie: Any, doors: Any, make: Any, keyed: Any
) -> None:
    await make.make_number(doors, charlie.caller, phone="+4915144444444")
    answers = [
        await alice.post(PATH, json=HELLO, headers=keyed),
        await charlie.post(PATH, json=HELLO, headers=keyed),
        await alice.post(f"{PATH}/batch", json={"messages": [HELLO]}, headers=keyed),
        await alice.post("/api/v1/send", json={"recipient": HELLO["to"], "text": "x", "wait": 0}, headers=keyed),
    ]
    assert [answer.status_code for answer in answers] == [202] * 4
    assert not [answer for answer in answers if "idempotency-replayed" in answer.headers]
    assert await stored(doors) == 4


async def test_parallel_twins_give_one_send(alice: Any, doors: Any, keyed: Any) -> None:
    answers = await asyncio.gather(*(alice.post(PATH, json=HELLO, headers=keyed) for _ in range(20)))
    assert await stored(doors) == 1
    taken = [answer for answer in answers if answer.status_code == 202]
    assert taken
    assert len({answer.content for answer in taken}) == 1
    for answer in answers:
        if answer.status_code != 202:
            assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
            assert int(answer.headers["retry-after"]) >= 1


async def test_twins_in_two_processes_give_one_send(alice: Any, another_process: Any, doors: Any, keyed: Any) -> None:
    """No process knows what runs in the other: the database decides."""
    here, there = [], []
    headers = {**keyed, "X-API-Key": alice.key}
    for _ in range(10):
        here.append(alice.post(PATH, json=HELLO, headers=keyed))
        there.append(another_process.post(PATH, json=HELLO, headers=headers))
    answers = await asyncio.gather(*here, *there)
    assert await stored(doors) == 1
    assert len({answer.content for answer in answers if answer.status_code == 202}) == 1
    assert {answer.status_code for answer in answers} <= {202, 409}


async def test_a_refused_request_may_be_corrected_under_its_key(alice: Any, doors: Any, keyed: Any) -> None:
    assert (await alice.post(PATH, json={**HELLO, "to": "Dana"}, headers=keyed)).status_code == 422
    assert (await alice.post(PATH, json={**HELLO, "from": "num_no"}, headers=keyed)).status_code == 404
    assert (await alice.post(PATH, json=HELLO, headers=keyed)).status_code == 202
    assert await stored(doors) == 1


async def test_the_answer_stays_when_the_world_has_changed(
    alice: Any, doors: Any, make: Any, rewrite: Any, keyed: Any
) -> None:
    target = await make.make_message(doors, alice.caller, to=HELLO["to"])
    await rewrite(target, status="sent", wa_id="3EB0", sent_at=1)
    reply = {**HELLO, "replyTo": target}
    first = await alice.post(PATH, json=reply, headers=keyed)
    await rewrite(target, status="failed")
    assert same(first, await alice.post(PATH, json=reply, headers=keyed))


async def test_after_72_hours_the_key_is_free(alice: Any, doors: Any, clock: Any, keyed: Any) -> None:
    first = (await alice.post(PATH, json=HELLO, headers=keyed)).json()["id"]
    clock.forward(72 * HOUR - 1)
    assert (await alice.post(PATH, json=HELLO, headers=keyed)).json()["id"] == first
    clock.forward(1)
    second = await alice.post(PATH, json={**HELLO, "text": "Bye"}, headers=keyed)
    assert second.status_code == 202
    assert second.json()["id"] != first


async def test_what_has_expired_is_deleted(alice: Any, doors: Any, clock: Any) -> None:
    for key in ("a", "b", "c"):
        await alice.post(PATH, json=HELLO, headers={"Idempotency-Key": key})
        clock.forward(HOUR)
    clock.forward(69 * HOUR)
    while await doors.db.writer.run(lambda tx: expire(tx, clock())):
        pass
    left = await doors.db.read(lambda tx: tx.scalar(select(func.count()).select_from(idempotency)))
    assert left == 2


async def test_neither_key_nor_body_can_be_read_from_what_is_kept(alice: Any, doors: Any) -> None:
    key = "a-key-nobody-else-has-1234567890"
    await alice.post(PATH, json={**HELLO, "text": "the canary sings"}, headers={"Idempotency-Key": key})
    rows = await doors.db.read(lambda tx: tx.rows(select(idempotency)))
    kept = b"".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
    assert len(rows) == 1
    assert b"canary" not in kept
    assert key.encode() not in kept


async def test_the_longest_key_is_taken(alice: Any) -> None:
    answer = await alice.post(PATH, json=HELLO, headers={"Idempotency-Key": "~" * 255})
    assert answer.status_code == 202


async def test_a_batch_is_repeated_as_a_whole(alice: Any, doors: Any, keyed: Any) -> None:
    body = {"messages": [HELLO, {"to": "Dana", "text": "x"}, HELLO]}
    first = await alice.post(f"{PATH}/batch", json=body, headers=keyed)
    assert first.json()["accepted"] == 2
    again = await alice.post(f"{PATH}/batch", json=body, headers=keyed)
    assert same(first, again)
    assert again.headers["idempotency-replayed"] == "true"
    assert await stored(doors) == 2
    other = await alice.post(f"{PATH}/batch", json={"messages": [HELLO]}, headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_edits_and_revocations_are_sent_once(
    alice: Any, doors: Any, make: Any, rewrite: Any, clock: Any, keyed: Any
) -> None:
    target = await make.make_message(doors, alice.caller)
    await rewrite(target, status="sent", wa_id="3EB0", sent_at=clock())
    edit = [await alice.patch(f"{PATH}/{target}", json={"text": "New"}, headers=keyed) for _ in range(2)]
    gone = [await alice.delete(f"{PATH}/{target}", headers=keyed) for _ in range(2)]
    assert same(*edit)
    assert same(*gone)
    assert await stored(doors) == 3
    other = await make.make_message(doors, alice.caller)
    answer = await alice.patch(f"{PATH}/{other}", json={"text": "New"}, headers=keyed)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
